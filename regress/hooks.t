#!/bin/sh
#
# What a network says about its NTP servers becomes a file that ntpd includes.
# Whatever it says, that file is one that ntpd takes: else a DHCP server could
# keep ntpd from starting.
#
cd "$(dirname "$0")/.." || exit 1
. regress/tap.sh

folder=$work/sources.d
sed "s|/run/ntpd-sources.d|$folder|; s|@SBINDIR@|$PWD/ntpd|; s|^systemctl.*|:|" \
    dist/hooks/ntpd-sources >"$work/ntpd-sources"
chmod 755 "$work"
echo "include \"$folder/\"" >"$work/ntpd.conf"

# becomes WANTED SERVER...: WANTED are those that are taken.
becomes()
{
	wanted=$1
	shift
	rm -rf "$folder"
	timeout 60 sh "$work/ntpd-sources" "dhclient-eth0" "$@" || return 1
	taken=$(cat "$folder"/*.conf 2>/dev/null |
	    sed -n "s/^server '\(.*\)'$/\1/p" | tr '\n' ' ')
	echo "taken: $taken"
	[ "${taken% }" = "$wanted" ] && [ ! -e "$folder/dhclient-eth0.conf.new" ] &&
	    ntpd/ntpd -n -f "$work/ntpd.conf"
}

nothing()
{
	becomes "" "$@" && [ -z "$(ls "$folder")" ]
}

ok "addresses and names" becomes "192.0.2.1 2001:db8::1 ntp.example.com" \
    192.0.2.1 2001:db8::1 ntp.example.com
ok "four of many" becomes "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4" \
    192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5
ok "none" nothing
long=$(printf 'a%.0s' $(seq 300))
for bad in 0.0.0.0 255.255.255.255 224.0.0.1 :: ff02::101 fe80::1 \
    ::ffff:192.0.2.1 999.1.1.1 1.2.3.4.5 1234 a..b a:b ::: x- -x "a b" "a'b" \
    "a
server b" "\$(id)" "'" "#" "$long" "$(printf 'a%.0s' $(seq 64)).example"; do
	ok "not $(printf '%.20s' "$bad" | tr '\n#' '  ')" nothing "$bad"
done
ok "one that is good among others" becomes "192.0.2.1" 0.0.0.0 a..b 192.0.2.1 ::
# shellcheck disable=SC2046
ok "very many that are not" becomes "" $(seq 1000 1400)
again()
{
	becomes 192.0.2.1 192.0.2.1 &&
	    sh "$work/ntpd-sources" dhclient-eth0 && [ -z "$(ls "$folder")" ]
}
ok "they go again" again
named()
{
	sh "$work/ntpd-sources" "../../x y" 192.0.2.1 &&
	    [ -e "$folder/______x_y.conf" ]
}
ok "an interface whose name is a path" named
finish

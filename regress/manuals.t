#!/bin/sh
#
# The manual pages: mdoc without complaints, but for references to manuals
# that are not installed here.
#
cd "$(dirname "$0")/.." || exit 1

number=0
for page in ntpd/ntpd.8 ntpd/ntpd.conf.5 ntpctl/ntpctl.8 \
    libntptime/ntptime.3; do
	number=$((number + 1))
	complaints=$(mandoc -Tlint "$page" 2>&1 |
	    grep -v -e 'referenced manual not found' -e 'outdated mandoc.db')
	if [ -s "$page" ] && [ -z "$complaints" ]; then
		echo "ok $number - $page"
	else
		echo "not ok $number - $page"
		echo "$complaints" | sed 's/^/# /'
	fi
done
echo "1..$number"

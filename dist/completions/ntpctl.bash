# bash completion for ntpctl(8).

_ntpctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words

	case ${COMP_WORDS[1]}:$prev in
	*:-S)
		COMPREPLY=($(compgen -f -- "$cur"))
		return ;;
	check:-[wc] | *:-w)
		return ;;
	ask:* | off:* | on:* | reload:*)
		words='-S' ;;
	step:*)
		words='-S -y' ;;
	plot:-o)
		words='svg text' ;;
	plot:*)
		words='-S -o' ;;
	check:*)
		words='-S -c -w' ;;
	convert:*)
		COMPREPLY=($(compgen -f -- "$cur"))
		return ;;
	*:-o)
		words='json openntpd prometheus text' ;;
	*:-s)
		words='all auth clients history peers processes samples selection
		    sensors server status' ;;
	*)
		words='-V -h -j -o -S -s -w'
		[ "$COMP_CWORD" -ne 1 ] || words="$words ask check convert off on plot reload step" ;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _ntpctl ntpctl

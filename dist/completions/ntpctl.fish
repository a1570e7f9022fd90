# fish completion for ntpctl(8).

set -l none 'not __fish_seen_subcommand_from ask check convert off on plot reload step'
complete -c ntpctl -f
complete -c ntpctl -n __fish_use_subcommand -a check -d 'plugin for Nagios'
complete -c ntpctl -n __fish_use_subcommand -a convert \
    -d 'ntpd.conf from that of another daemon'
complete -c ntpctl -n __fish_use_subcommand -a plot \
    -d 'draw the history'
complete -c ntpctl -n '__fish_seen_subcommand_from plot' -s o -x \
    -a 'svg text' -d 'form'
complete -c ntpctl -n __fish_use_subcommand -a ask \
    -d 'ask a server, or all, now'
complete -c ntpctl -n __fish_use_subcommand -a off -d 'ask a server no more'
complete -c ntpctl -n __fish_use_subcommand -a on -d 'ask it again'
complete -c ntpctl -n __fish_use_subcommand -a reload \
    -d 'read ntpd.conf again'
complete -c ntpctl -n __fish_use_subcommand -a step -d 'set the clock now'
complete -c ntpctl -n '__fish_seen_subcommand_from step' -s y \
    -d 'do not ask'
complete -c ntpctl -n '__fish_seen_subcommand_from convert' -F
complete -c ntpctl -n '__fish_seen_subcommand_from check' -s w -x \
    -d 'warning beyond, in ms'
complete -c ntpctl -n '__fish_seen_subcommand_from check' -s c -x \
    -d 'critical beyond, in ms'
complete -c ntpctl -s S -r -F -d 'control socket'
complete -c ntpctl -n $none -s V -d 'print the version'
complete -c ntpctl -n $none -s h -d 'print the usage'
complete -c ntpctl -n $none -s j -d 'print JSON'
complete -c ntpctl -n $none -s o -x -a 'json openntpd prometheus text' \
    -d 'form'
complete -c ntpctl -n $none -s s -x -d 'show' \
    -a 'all auth clients history peers processes samples selection sensors server status'
complete -c ntpctl -n $none -s w -d 'wait until the clock is synchronized'

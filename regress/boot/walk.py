"""
What the tests of the booted machine have in common: the package is installed,
and steps are shell commands with some functions.
"""
from lib import *

import glob

PACKAGE = glob.glob(os.path.join(TOP, "obj", "deb", "ntpd_*.deb"))

APT = "DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -y " \
    "--no-install-recommends -o Dpkg::Use-Pty=0 "

# Shell functions of all steps.
TOOLS = "PATIENCE=%d" % PATIENCE + """
conf() { printf '%s\\n' "$@" >/etc/ntpd.conf; }
active() { [ "$(systemctl is-active "$1")" = active ]; }
inactive() { [ "$(systemctl is-active "$1")" = inactive ]; }
show() { systemctl show -p "$2" --value "$1"; }
# What ntpd.service wrote since the time in $since.
journal() { journalctl -q -u ntpd.service -o cat --since "@$since" "$@"; }
now() { sync; since=$(date +%s.%N); }
pid_of() { pgrep -f "^ntpd: $1"; }
all_there() {
    local name
    for name in launcher binder engine server resolver control; do
        pid_of $name || return 1
    done
}
restarts() { [ "$(show ntpd NRestarts)" = "$1" ]; }
is_other() { local pid=$(show ntpd MainPID); [ $pid != 0 ] && [ $pid != $1 ]; }
other_than() { pid_of "$1" | grep -vx "$2"; }
# within SECONDS COMMAND..., or so many times as long as PATIENCE says.
within() {
    local end=$(($(cut -d . -f 1 /proc/uptime) + $1 * PATIENCE)); shift
    until "$@" >/dev/null 2>&1; do
        [ "$(cut -d . -f 1 /proc/uptime)" -lt "$end" ] || return 1
        sleep 0.2
    done
}
"""

EDITED = "server 192.0.2.1", "server 192.0.2.2", "server 192.0.2.3"


def conf(*lines):
    return "conf %s\n" % " ".join("'%s'" % l for l in lines)


class Walk(Machine):
    def step(self, text, commands, seconds=60):
        right = super().step(text, TOOLS + commands, seconds)
        if not right:
            comment("journal of ntpd:\n" + self.run("journalctl -q -b -u ntpd "
                "-u ntpd-wait -o short-monotonic --no-hostname | tail -n 20")
                [1])
        return right


def client(m):
    """An answer that a client at the other end of the wire gets."""
    script = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
for i in range(5):
    s.sendto(b"\\x23" + b"\\0" * 39 + b"12345678", ("192.0.2.10", 123))
    try:
        d = s.recv(99)
    except socket.timeout:
        continue
    raise SystemExit(len(d) != 48 or d[0] >> 6 == 3 or not 1 <= d[1] <= 15)
raise SystemExit("no answer")
"""
    return m.client("python3", "-c", script).returncode == 0


def right(m, text):
    offset = m.offset()
    ok(abs(offset) < 0.1, text, "off by %+.3f s" % offset)


def put_in(m):
    """Install the package; chrony, which is there, goes."""
    m.run("cp /share/ntpd.deb /root")
    m.step("apt-get install ./ntpd.deb", "cd /root\n" + APT +
        "install ./ntpd.deb", 240)


def denied(m):
    m.step("AppArmor has denied nothing",
        "! journalctl -q _TRANSPORT=kernel -o cat | "
        "grep 'DENIED.*profile=\"ntpd'")
    m.step("nothing was forbidden, nothing crashed",
        "journalctl -t ntpd -o cat >/tmp/said; ! grep -iE "
        "'forbid|denied|not permitted|fatal|SIGSYS|signal 31' /tmp/said")


def walk(first, *parts):
    """
    Boot, do the FIRST part, which installs the package, and then these PARTS,
    or of them those that are named on the command line.
    """
    if len(PACKAGE) != 1:
        raise RuntimeError("there is no package: make deb")
    m = Walk()
    shutil.copy(PACKAGE[0], os.path.join(m.share, "ntpd.deb"))
    begin = time.monotonic()
    ok(m.boot(), "the machine boots", m.console())
    # Nobody needs this disk after a power cut.
    m.run("echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/test")
    for part in (first, *parts):
        if part is first or not sys.argv[1:] or part.__name__ in sys.argv[1:]:
            part(m)
            comment("%s: %.0f s" % (part.__name__, time.monotonic() - begin))
    denied(m)

"""
What the tests of Network Time Security share: certificates, made by openssl
for a test, and the peers that have NTS.
"""
import glob
import ssl

from lib import *

def openssl(*args):
    return run("openssl", *args)


class Authority:
    """One whose word is taken for who is who; its certificate is in .file."""

    def __init__(self, name="ca"):
        self.name = name
        self.file, self.key = workdir(name + ".pem"), workdir(name + ".key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
            "/CN=test " + name, "-keyout", self.key, "-out", self.file)

    def certify(self, *names, days=20, start=None, end=None, as_name=None):
        """
        (certificate, key) files for NAMES, which may be addresses.  START and
        END, if given, are dates as openssl-ca has them, YYYYMMDDHHMMSSZ.
        """
        base = workdir("%s-%s" % (self.name, as_name or names[0]))
        san = ",".join(("IP:" if re.match(r"[\d.]+$|.*:", n) else "DNS:") + n
            for n in names)
        config_file(os.path.basename(base) + ".cnf", "")
        with open(base + ".cnf", "w") as f:
            f.write("subjectAltName=%s\n" % san)
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + names[0],
            "-keyout", base + ".key", "-out", base + ".csr")
        if start:
            self._dated(base, start, end)
        else:
            openssl("x509", "-req", "-in", base + ".csr", "-CA", self.file,
                "-CAkey", self.key, "-CAcreateserial", "-days", str(days),
                "-extfile", base + ".cnf", "-out", base + ".pem")
        os.chmod(base + ".key", 0o600)
        return base + ".pem", base + ".key"

    def delegate(self, name):
        """Another authority, by the word of this one."""
        other = Authority(name)
        csr, extensions = workdir(name + ".csr"), workdir(name + ".cnf")
        with open(extensions, "w") as f:
            f.write("basicConstraints=critical,CA:TRUE\n")
        openssl("req", "-new", "-key", other.key, "-subj", "/CN=test " + name,
            "-out", csr)
        openssl("x509", "-req", "-in", csr, "-CA", self.file, "-CAkey",
            self.key, "-CAcreateserial", "-days", "20", "-extfile", extensions,
            "-out", other.file)
        return other

    def _dated(self, base, start, end):
        """openssl-x509 of 3.0 knows no dates; openssl-ca does."""
        dir = base + ".d"
        os.mkdir(dir)
        open(dir + "/index", "w").close()
        with open(dir + "/cnf", "w") as f:
            f.write("[ca]\ndefault_ca=a\n[a]\ndatabase=%s/index\n"
                "new_certs_dir=%s\nrand_serial=yes\ndefault_md=sha256\n"
                "policy=p\nunique_subject=no\n[p]\ncommonName=supplied\n" %
                (dir, dir))
        openssl("ca", "-batch", "-config", dir + "/cnf", "-cert", self.file,
            "-keyfile", self.key, "-in", base + ".csr", "-notext",
            "-startdate", start, "-enddate", end, "-extfile", base + ".cnf",
            "-out", base + ".pem")


def nts_chronyd(host, certificate, key, *lines, **how):
    """A chronyd that serves its own time, also by NTS."""
    return chronyd(host, "ntsservercert " + certificate, "ntsserverkey " + key,
        "ntsdumpdir /run", *(lines or ("local stratum 3", "allow")), **how)


def nts_ntpsec(host, certificate, key, *lines, **how):
    return ntpsec(host, "nts enable", "nts cert " + certificate,
        "nts key " + key, "nts cookie " + workdir("ntpsec-cookies"),
        *(lines or ("tos orphan 4 orphanwait 1",)), **how)


ANY_ADJTIME = """
#include <sys/timex.h>
#include <time.h>

int clock_adjtime(clockid_t, struct timex *);

int
ntp_adjtime(struct timex *tx)
{
	return clock_adjtime(CLOCK_REALTIME, tx);
}

int
adjtimex(struct timex *tx)
{
	return clock_adjtime(CLOCK_REALTIME, tx);
}
"""


DEBIAN13 = os.path.join(PEERS, "debian13")


def has_debian13():
    """Is there what regress/debian13.sh fetches?  Else the test is skipped."""
    if glob.glob(DEBIAN13 + "/usr/lib/*-linux-gnu/ld-linux*"):
        return True
    print("1..0 # SKIP regress/debian13.sh was not run")
    return False


def debian13(program, preload=()):
    """The command that runs PROGRAM of it, with the C library that it needs."""
    linker = glob.glob(DEBIAN13 + "/usr/lib/*-linux-gnu/ld-linux*")[0]
    return [linker] + (["--preload", ":".join(preload)] if preload else []) + [
        "--library-path", os.path.dirname(linker),
        os.path.join(DEBIAN13, program)]


def ntpd_rs(host, toml, guard=NO_CLOCK):
    """The ntp-daemon of ntpd-rs.  It believes that it adjusts the clock."""
    more = workdir("adjtime.so")
    with open(workdir("adjtime.c"), "w") as f:
        f.write("#define _GNU_SOURCE" + ANY_ADJTIME)
    run("cc", "-shared", "-fPIC", "-o", more, workdir("adjtime.c"))
    return Program(host, "ntpd-rs", debian13("usr/bin/ntp-daemon", (more,
        fake_clock()["LD_PRELOAD"])) + ["-c", config_file(host.name +
        "-ntp.toml", toml)], guard=guard)


class KeServer(Server):
    """
    A TLS server on HOST's port 4460 that sends SAY to whoever connects, and
    then says nothing.  ALPN are the protocols it speaks.
    """

    def __init__(self, host, certificate, key, say=b"", alpn=("ntske/1",),
            newest=ssl.TLSVersion.TLSv1_3):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.maximum_version = newest
        if alpn:
            self.context.set_alpn_protocols(list(alpn))
        self.say, self.sessions, self.open = say, 0, []
        super().__init__(listening(host, "0.0.0.0", 4460))

    def run(self):
        while not self.stopped:
            with contextlib.suppress(OSError):
                raw = self.sock.accept()[0]
                raw.settimeout(5)
                self.open.append(raw)
                tls = self.context.wrap_socket(raw, server_side=True)
                self.open.append(tls)
                self.sessions += 1
                tls.sendall(self.say)

    def stop(self):
        super().stop()
        for s in self.open:
            s.close()


class TcpRelay(Server):
    """
    HOST's TCP port 4460 is that of TARGET, with every byte, or every SIZE of
    them, in a segment of its own, DELAY s after the one before.  CLIENTS has
    what each client has sent.
    """

    def __init__(self, host, target, delay=0.0, size=1):
        self.host, self.target, self.delay = host, target, delay
        self.size, self.clients = size, []
        super().__init__(listening(host, "0.0.0.0", 4460))

    def run(self):
        while not self.stopped:
            with contextlib.suppress(OSError):
                client = self.sock.accept()[0]
                server = self.host.socket(socket.AF_INET, socket.SOCK_STREAM)
                server.connect((self.target, 4460))
                self.clients.append(bytearray())
                for way in ((client, server, self.clients[-1]),
                        (server, client, bytearray())):
                    threading.Thread(target=self._pass, args=way,
                        daemon=True).start()

    def _pass(self, source, sink, seen):
        with contextlib.suppress(OSError):
            source.settimeout(30)
            sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while data := source.recv(4096):
                seen += data
                for at in range(0, len(data), self.size):
                    sink.sendall(data[at:at + self.size])
                    time.sleep(self.delay)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def listens(host, port=4460):
    """Does somebody listen on HOST's TCP port?"""
    return bool(host.exec("ss", "-Hntl", "sport = :%d" % port).strip())


SHIFTED_CLOCK = """
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <dlfcn.h>
#include <errno.h>
#include <time.h>
#include <unistd.h>

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	struct timespec	 since;
	int		 result = (int)syscall(SYS_clock_gettime, id, ts);

	if (id != CLOCK_REALTIME)
		return result;
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &since);
	if (since.tv_sec >= FROM)
		ts->tv_sec -= BEHIND;
	return result;
}

time_t
time(time_t *t)
{
	struct timespec	 ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (t != NULL)
		*t = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *tv, void *tz)
{
	struct timespec	 ts;

	(void)tz;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

/* The kernel's time stamps are not shifted: there are none. */
int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (level == SOL_SOCKET &&
	    (name == SO_TIMESTAMPNS || name == SO_TIMESTAMPING)) {
		errno = ENOPROTOOPT;
		return -1;
	}
	return (int)syscall(SYS_setsockopt, fd, level, name, value, len);
}
"""


def shifted(library):
    """Shell that has every program load LIBRARY, in a mount namespace."""
    return ("mkdir /run/upper /run/work && mount -t overlay -o lowerdir=/etc,"
        "upperdir=/run/upper,workdir=/run/work overlay /etc && "
        "echo %s >/etc/ld.so.preload" % library)


def shift_library(name, seconds, after=0):
    """
    A library by which the clock is SECONDS behind, from AFTER s from now on if
    that is given, which the kernel does not notice.
    """
    source, library = workdir("shift.c"), workdir(name)
    with open(source, "w") as f:
        f.write(SHIFTED_CLOCK)
    run("cc", "-shared", "-fPIC", "-DBEHIND=%d" % seconds, "-DFROM=%d" %
        (time.monotonic() + after if after else 0), "-o", library, source)
    return library

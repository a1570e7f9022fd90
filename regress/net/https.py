"""
HTTPS for the network tests: an authority that makes certificates, and servers,
good and bad, that have them.
"""
import ssl
import time
import threading

from lib import *

DAY = 86400


def _stamp(t):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(t))


class Authority:
    """It makes certificates; `file` is its own."""

    def __init__(self, name="authority"):
        self.name = name
        self.dir = workdir(name)
        self.made = 0
        os.mkdir(self.dir)
        for file, text in ("index", ""), ("index.attr",
                "unique_subject = no\n"), ("serial", "01\n"):
            with open(self._path(file), "w") as f:
                f.write(text)
        self.conf = self._path("conf")
        with open(self.conf, "w") as f:
            f.write("[ca]\ndefault_ca=it\n[it]\ndatabase=%s\nserial=%s\n"
                "new_certs_dir=%s\ndefault_md=sha256\npolicy=any\n"
                "email_in_dn=no\n[any]\ncommonName=supplied\n" %
                (self._path("index"), self._path("serial"), self.dir))
        self.file, self.key = self._path("ca.pem"), self._path("ca.key")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key, "-out",
            self.file, "-days", "30000", "-subj", "/CN=" + name)
        os.chmod(self.file, 0o644)

    def _path(self, name):
        return os.path.join(self.dir, name)

    def certificate(self, name, first=None, last=None):
        """
        (file, key) of one for NAME, a host or an address, valid from FIRST
        to LAST, s since 1970.
        """
        kind = "IP" if re.fullmatch(r"[\d.]+|[\da-f:]*:[\da-f:]*", name) \
            else "DNS"
        return self._make(name, "subjectAltName=%s:%s\n" % (kind, name),
            first, last)

    def delegate(self, name, first=None, last=None):
        """Another authority, which this one vouches for from FIRST to LAST."""
        other = Authority(name)
        other.file, other.key = self._make(name,
            "basicConstraints=critical,CA:TRUE\n", first, last)
        return other

    def _make(self, name, extensions, first, last):
        self.made += 1
        base = self._path("c%d" % self.made)
        with open(base + ".ext", "w") as f:
            f.write(extensions)
        now = time.time()
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", base + ".key",
            "-out", base + ".csr", "-subj", "/CN=" + name)
        run("openssl", "ca", "-batch", "-notext", "-config", self.conf,
            "-cert", self.file, "-keyfile", self.key, "-in", base + ".csr",
            "-out", base + ".pem", "-extfile", base + ".ext", "-startdate",
            _stamp(first or now - DAY), "-enddate", _stamp(last or now + DAY))
        return base + ".pem", base + ".key"


def self_signed(name):
    """(file, key) of a certificate that nobody vouches for."""
    base = workdir("self-" + name)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-keyout", base + ".key", "-out",
        base + ".pem", "-days", "1", "-subj", "/CN=" + name, "-addext",
        "subjectAltName=DNS:" + name)
    return base + ".pem", base + ".key"


def http_date(t):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(t))


class HttpsServer(Server):
    """
    One on HOST at ADDRESS, port 443, with the CERTIFICATE (file, key).  SHIFT
    is by how many seconds its Date is off.  ANSWER(date), if given, is an
    iterator of the bytes to send, or of seconds to wait, instead of the usual
    answer.  Without CERTIFICATE it talks HTTP, with GREET False nothing.
    """

    def __init__(self, host, address, certificate=None, shift=0.0,
            answer=None, greet=True, versions=None):
        self.shift, self.answer, self.greet = shift, answer, greet
        self.requests = []      # (monotonic time, bytes)
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
            if versions:
                self.context.set_ciphers("ALL:@SECLEVEL=0")
                self.context.minimum_version, self.context.maximum_version = \
                    versions
        self.held = []
        super().__init__(listening(host, address, 443))

    def run(self):
        while not self.stopped:
            try:
                peer, _ = self.sock.accept()
            except OSError:
                continue
            threading.Thread(target=self._talk, args=(peer,),
                daemon=True).start()

    def _talk(self, peer):
        peer.settimeout(15)
        self.held.append(peer)
        if not self.greet:
            return
        with contextlib.suppress(OSError, ValueError):
            if not self.context:
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                peer.close()
                return
            s = self.context.wrap_socket(peer, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                data = s.recv(4096)
                if not data:
                    return
                request += data
            self.requests.append((time.monotonic(), request))
            self._answer(s)
            s.close()

    def _answer(self, s):
        date = http_date(time.time() + self.shift)
        for piece in (self.answer or usual)(date):
            if isinstance(piece, bytes):
                s.sendall(piece)
            else:
                time.sleep(piece)


def usual(date):
    yield ("HTTP/1.1 200 OK\r\nServer: a test\r\nDate: %s\r\n"
        "Content-Type: text/html\r\n\r\n" % date).encode()

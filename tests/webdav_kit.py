"""A real WebDAV office server on loopback, a bad line before it, a server that lies: what the courier is tested on.

``Apache`` is the system's own ``apache2`` with ``mod_dav``, started by the test as the current user with certificates
made here; ``Line`` is a TCP proxy that cuts, drips, stalls or answers instead; ``Liar`` answers what it is told to.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import hashlib
import os
import pwd
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "hop-thu", "mật khẩu gửi"
MODULES = ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dav", "dav_fs",
           "dav_lock", "ssl", "socache_shmcb", "alias")  # fmt: skip
LOCALHOST = "localhost"


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


# --- certificates ----------------------------------------------------------------------------------------------------


class Authority:
    """A made-up certificate authority; ``issue`` writes a server's certificate and key into one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        self.file = folder / "ca.pem"
        made = self._build(self.name, self.key.public_key(), days=(-30, 300), ca=True).sign(self.key, hashes.SHA256())
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def _build(self, subject: x509.Name, public, *, days: tuple[int, int], ca: bool = False, own: bool = False):
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject).issuer_name(subject if own else self.name).public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=days[0]))
            .not_valid_after(now + datetime.timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )  # fmt: skip

    def issue(
        self, name: str, hosts: tuple[str, ...] = (LOCALHOST,), days: tuple[int, int] = (-30, 300), *,
        self_signed: bool = False,
    ) -> Path:  # fmt: skip
        """Return one PEM file with a fresh key and its certificate for these hosts."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        builder = self._build(subject, key.public_key(), days=days, own=self_signed)
        names = [x509.IPAddress(ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = builder.sign(key if self_signed else self.key, hashes.SHA256())
        path = self.folder / f"{name}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ) + made.public_bytes(serialization.Encoding.PEM)
        )  # fmt: skip
        return path


def der_of(pem: Path) -> bytes:
    """Return the certificate of such a file in DER."""
    return x509.load_pem_x509_certificate(pem.read_bytes()).public_bytes(serialization.Encoding.DER)


# --- Apache ----------------------------------------------------------------------------------------------------------


def apache_program() -> str:
    """Return the path of ``apache2``; a test that needs it fails with these words where it is missing."""
    found = shutil.which("apache2", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    assert found, "apache2 is missing: `make setup` brings it (package apache2-bin)"
    return found


class Apache:
    """The system's Apache as WebDAV server: TLS and a password, folder ``store`` behind ``/dav/treem/``.

    Further virtual hosts differ only in their certificate: ``port_of(name)``.
    """

    def __init__(self, certificates: dict[str, Path], extra: str = "") -> None:
        program = apache_program()
        self.folder = Path(tempfile.mkdtemp(prefix="cbdesk-dav-"))
        self.store = self.folder / "files" / "treem"
        self.store.mkdir(parents=True)
        self.ports = {name: free_port() for name in certificates}
        self._write(certificates, extra)
        with (self.folder / "said.log").open("wb") as said:
            ends_with_us = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
            command = [*ends_with_us, program, "-f", str(self.folder / "httpd.conf"), "-D", "FOREGROUND"]
            self._process = subprocess.Popen(command, stdout=said, stderr=said)
        self._wait()

    def _write(self, certificates: dict[str, Path], extra: str) -> None:
        folder = self.folder
        passwords = folder / "passwords"
        passwords.write_text(f"{USER}:{_apache_hash(PASSWORD)}\n", "utf-8")
        lines = [
            f'ServerRoot "{folder}"', f'PidFile "{folder}/pid"', f'ErrorLog "{folder}/error.log"', "LogLevel error",
            f'DefaultRuntimeDir "{folder}"', f"ServerName {LOCALHOST}", "StartServers 1", "ThreadsPerChild 8",
            "MinSpareThreads 4", "MaxSpareThreads 8", "MaxRequestWorkers 8", "ServerLimit 1", "TraceEnable off",
            *(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES),
            f'DavLockDB "{folder}/lock"', f'Alias "/dav" "{folder}/files"',
        ]  # fmt: skip
        if os.geteuid() == 0:  # Apache will not serve as root
            lines += ["User nobody", "Group nogroup"]
            nobody = pwd.getpwnam("nobody")
            for path in (folder, folder / "files", self.store):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        lines += [
            f'<Directory "{folder}/files">', "Dav On", "AuthType Basic", 'AuthName "files"', "AuthBasicProvider file",
            f'AuthUserFile "{passwords}"', "Require valid-user", "</Directory>", extra,
        ]  # fmt: skip
        for name, port in self.ports.items():
            lines += [
                f"Listen 127.0.0.1:{port}", f"<VirtualHost 127.0.0.1:{port}>", "SSLEngine on",
                f'SSLCertificateFile "{certificates[name]}"', "</VirtualHost>",
            ]  # fmt: skip
        (folder / "httpd.conf").write_text("\n".join(lines), "utf-8")

    def _wait(self) -> None:
        for _ in range(500):
            assert self._process.poll() is None, (self.folder / "said.log").read_text("utf-8")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", max(self.ports.values())), 1):
                return
            time.sleep(0.01)
        raise AssertionError("Apache does not answer")

    def url(self, name: str = "good", port: int = 0, host: str = LOCALHOST) -> str:
        """Return the address an officer would type."""
        return f"https://{host}:{port or self.ports[name]}/dav/treem"

    def files(self) -> dict[str, bytes]:
        """Return what lies on the server: path to bytes."""
        return {
            path.relative_to(self.store).as_posix(): path.read_bytes()
            for path in sorted(self.store.rglob("*")) if path.is_file()
        }  # fmt: skip

    def clear(self) -> None:
        """Empty the server."""
        for path in self.store.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def close(self) -> None:
        """Stop Apache and remove its folder."""
        self._process.terminate()
        self._process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


def _apache_hash(password: str) -> str:
    """Return a password as ``htpasswd -s`` writes it (SHA-1, enough for a test)."""
    return "{SHA}" + base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()


def basic(user: str, password: str) -> str:
    """Return what a client says to log in."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


# --- a bad line ------------------------------------------------------------------------------------------------------


class Line:
    """A TCP proxy before a server. Each rule is used up by one connection; without a rule it is a good line.

    ``cut_up``/``cut_down``: bytes after which the connection is dropped, counted towards or from the server;
    ``stall``: bytes towards the server after which nothing moves any more.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.rules: list[dict[str, int]] = []
        self.bytes_up = self.bytes_down = self.connections = 0
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                one, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            rule = self.rules.pop(0) if self.rules else {}
            threading.Thread(target=self._carry, args=(one, rule), daemon=True).start()

    def _carry(self, near: socket.socket, rule: dict[str, int]) -> None:
        up = down = 0
        with near, contextlib.suppress(ConnectionRefusedError), socket.create_connection(
            ("127.0.0.1", self.target)
        ) as far:
            while not self._closing.is_set():
                ready, _, _ = select.select([near, far], [], [], 0.2)
                for one in ready:
                    try:
                        data = one.recv(4096)
                    except OSError:
                        return
                    if not data:
                        return
                    if one is near:
                        up, self.bytes_up = up + len(data), self.bytes_up + len(data)
                        if up > rule.get("stall", up):
                            self._closing.wait(20)
                            return
                        if up > rule.get("cut_up", up):
                            far.sendall(data[: max(0, len(data) - (up - rule["cut_up"]))])
                            _reset(near)
                            return
                        far.sendall(data)
                    else:
                        down, self.bytes_down = down + len(data), self.bytes_down + len(data)
                        if down > rule.get("cut_down", down):
                            _reset(near)
                            return
                        with contextlib.suppress(OSError):
                            near.sendall(data)

    def close(self) -> None:
        """Stop."""
        self._closing.set()
        self._listener.close()


def _reset(one: socket.socket) -> None:
    """Drop a connection without farewell, as a line that breaks."""
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    one.close()


# --- a server that lies ----------------------------------------------------------------------------------------------


class Liar:
    """An https server that answers with whatever ``answer(handler)`` does; counts what it was asked."""

    def __init__(self, pem: Path) -> None:
        self.asked: list[str] = []
        self.answer = lambda handler: handler.say(200, b"")
        liar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                liar.asked.append(f"{self.command} {self.path}")
                self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with contextlib.suppress(OSError):
                    liar.answer(self)

            do_GET = do_PUT = do_HEAD = do_PROPFIND = do_MOVE = do_MKCOL = do_DELETE = do_OPTIONS = _any

            def say(self, status: int, body: bytes = b"", kind: str = "text/html", **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_args: None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"https://{LOCALHOST}:{self.port}/dav/treem"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


class Proxy(Line):
    """An HTTP proxy in an office: lets CONNECT through for the user ``an`` with the password ``bí`` only."""

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        super().__init__(port)

    def _carry(self, near: socket.socket, rule: dict[str, int]) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (data := near.recv(4096)):
            head += data
        self.asked.append(head.split(b"\r\n")[0].decode("latin-1"))
        if f"Proxy-Authorization: {basic('an', 'bí')}".encode() not in head:
            near.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            near.close()
            return
        near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        super()._carry(near, rule)

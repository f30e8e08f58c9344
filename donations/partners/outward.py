"""One POST to an address somebody typed into the office, which must lead nowhere inside.

Whoever may name an address could otherwise have this machine ask its neighbours, or the service
that hands out a cloud's own keys (OWASP, Server-Side Request Forgery Prevention).  So: HTTPS only;
the host's name is resolved once and every address found must be public; the connection goes to the
very address that was looked at, while the certificate must be the name's; nothing is redirected;
no proxy of the environment is used; all of it takes ten seconds at most; and of the answer only its
status counts.

On a developer's own machine, where the product itself is at `http://localhost`, plain HTTP and
private addresses are allowed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from donations.kernel.errors import DonationsError

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS: Final = 10.0
_LONGEST: Final = 1000
_PORTS: Final = {"https": 443, "http": 80}
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadTarget(DonationsError):
    """An address nothing is sent to; `reason` is `not_an_address`, `not_https` or `private`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(DonationsError):
    """No answer came; `reason` says in a few words why, without the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_development(base_url: str) -> bool:
    """Whether the product at `base_url` runs on its developer's own machine."""
    parts = urlsplit(base_url)
    return parts.scheme == "http" and parts.hostname in _HERE


@dataclass(frozen=True, slots=True)
class Outward:
    """Sends to the outside; `inside_too` on a developer's own machine."""

    inside_too: bool = False
    seconds: float = SECONDS

    def checked(self, url: str) -> SplitResult:
        """The parts of an address that something may be sent to.  Raises `BadTarget`."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError as error:
            raise BadTarget("not_an_address") from error
        odd = parts.username or parts.password or parts.fragment or not url.isascii()
        if not host or odd or len(url) > _LONGEST or any(ch <= " " for ch in url):
            raise BadTarget("not_an_address")
        if parts.scheme != "https" and not (self.inside_too and parts.scheme == "http"):
            raise BadTarget("not_https")
        literal = _literal(host)
        if literal is not None and not (self.inside_too or is_public(literal)):
            raise BadTarget("private")
        return parts

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer to one POST.  Raises `BadTarget` and `Unreachable`."""
        parts = self.checked(url)
        began = time.monotonic()
        address = self._resolved(parts)
        left = max(0.1, self.seconds - (time.monotonic() - began))
        line = _Line(parts, address, left)
        watch = threading.Timer(left, line.cut)
        watch.daemon = True
        watch.start()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            line.request("POST", path, body, dict(headers))
            return line.getresponse().status
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            raise Unreachable(_why(error, cut=line.was_cut)) from None
        finally:
            watch.cancel()
            line.close()

    def _resolved(self, parts: SplitResult) -> str:
        """The address to connect to: the first, when all of them are public."""
        port = parts.port or _PORTS[parts.scheme]
        try:
            found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable("the name is not known") from error
        texts = [str(one[4][0]).partition("%")[0] for one in found]
        if not self.inside_too and not all(is_public(ipaddress.ip_address(t)) for t in texts):
            raise BadTarget("private")
        return texts[0]


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, and none of ours is hidden in it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


class _Line(http.client.HTTPConnection):
    """A connection to one address that speaks to, and proves, the name it was asked for."""

    def __init__(self, parts: SplitResult, address: str, seconds: float) -> None:
        port = parts.port or _PORTS[parts.scheme]
        super().__init__(parts.hostname or "", port, timeout=seconds)
        self.default_port = _PORTS[parts.scheme]  # or the Host header would name it
        self._address = address
        self._context = ssl.create_default_context() if parts.scheme == "https" else None
        self.was_cut = False

    def connect(self) -> None:
        """Connect to the address that was looked at, and to no other."""
        plain = socket.create_connection((self._address, self.port), timeout=self.timeout)
        self.sock = plain
        if self._context is not None:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)

    def cut(self) -> None:
        """End it from another thread: whoever dribbles an answer does not hold us."""
        self.was_cut = True
        sock = self.sock
        if sock is not None:
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                return


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to this one end up at, if any."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _why(error: Exception, *, cut: bool) -> str:
    if cut or isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return "the certificate does not hold"
    return f"no connection ({type(error).__name__})"

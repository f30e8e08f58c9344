import ipaddress
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from donations.partners import outward as room
from donations.partners.outward import BadTarget, Outward, Unreachable, is_development, is_public

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
]  # fmt: skip


def resolving(monkeypatch, *addresses):
    def found(host, port, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(room.socket, "getaddrinfo", found)


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_inside_is_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_an_address_of_the_open_internet_is(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://news.example/", "not_https"),
        ("ftp://news.example/", "not_https"),
        ("file:///etc/passwd", "not_an_address"),
        ("https://", "not_an_address"),
        ("https://somebody:word@news.example/", "not_an_address"),
        ("https://news.example/#part", "not_an_address"),
        ("https://news.example/a b", "not_an_address"),
        ("https://news.example/\r\nHost: other", "not_an_address"),
        ("https://news.example:port/", "not_an_address"),
        ("https://news.example/" + "a" * 1000, "not_an_address"),
        ("https://127.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://169.254.169.254/latest", "private"),
    ],
)
def test_an_address_nothing_is_sent_to_is_refused_when_it_is_typed(url, reason):
    with pytest.raises(BadTarget) as refused:
        Outward().checked(url)
    assert refused.value.reason == reason


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_inside_is_refused_when_it_is_used(monkeypatch, address):
    resolving(monkeypatch, "1.1.1.1", address)
    monkeypatch.setattr(room.socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(BadTarget, match="private"):
        Outward().post("https://rebound.example/", b"{}", {})


@pytest.mark.parametrize("url", ["https://2130706433/", "https://0x7f.1/", "https://127.1/"])
def test_other_spellings_of_an_inner_address_lead_nowhere(monkeypatch, url):
    monkeypatch.setattr(room.socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises((BadTarget, Unreachable)):
        Outward().post(url, b"{}", {})


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch):
    resolving(monkeypatch, "1.1.1.1")
    asked = []

    def connect(address, timeout):
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(room.socket, "create_connection", connect)
    with pytest.raises(Unreachable, match="no connection"):
        Outward().post("https://news.example:8443/hook", b"{}", {})
    assert asked == [("1.1.1.1", 8443)]


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch, receiver):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert Outward(inside_too=True).post(receiver.url, b"{}", {}) == 200


def test_body_headers_and_query_arrive_as_they_are(receiver):
    url = f"{receiver.url}/hook?to=cms"
    assert Outward(inside_too=True).post(url, b'{"a":1}', {"X-One": "1"}) == 200
    path, headers, body = receiver.got[0]
    assert (path, headers["X-One"], body) == ("/hook?to=cms", "1", b'{"a":1}')
    assert headers["Host"] == receiver.url.removeprefix("http://")


def test_a_redirect_is_an_answer_and_is_not_followed(receiver):
    receiver.answers = [302]
    assert Outward(inside_too=True).post(receiver.url, b"{}", {}) == 302
    assert len(receiver.got) == 1


def test_who_does_not_answer_in_time_is_left(receiver):
    receiver.holding.clear()
    began = time.monotonic()
    with pytest.raises(Unreachable, match="no answer in time"):
        Outward(inside_too=True, seconds=0.3).post(receiver.url, b"{}", {})
    assert time.monotonic() - began < 2


def test_who_dribbles_an_answer_is_left_as_well():
    listening = socket.create_server(("127.0.0.1", 0))

    def dribble():
        try:
            line, _ = listening.accept()
            with line:
                for letter in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200:
                    line.sendall(bytes([letter]))
                    time.sleep(0.05)
        except OSError:
            return

    thread = threading.Thread(target=dribble, daemon=True)
    thread.start()
    began = time.monotonic()
    with pytest.raises(Unreachable, match="no answer in time"):
        Outward(inside_too=True, seconds=0.5).post(
            f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {}
        )
    assert time.monotonic() - began < 3
    thread.join(5)
    listening.close()


def certified(tmp_path, name):
    """A certificate that its own key has signed, for `name`."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize("name", ["hook.example", "other.example"])
def test_the_certificate_must_be_the_names_though_the_address_is_pinned(
    tmp_path, monkeypatch, receiver, name
):
    path = certified(tmp_path, name)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(path)
    receiver.server.socket = serving.wrap_socket(receiver.server.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=path)
    monkeypatch.setattr(room.ssl, "create_default_context", lambda: trusting)
    resolving(monkeypatch, "127.0.0.1")
    url = f"https://hook.example:{receiver.server.server_port}/"
    if name == "hook.example":
        assert Outward(inside_too=True).post(url, b"{}", {}) == 200
        return
    with pytest.raises(Unreachable, match="certificate"):
        Outward(inside_too=True).post(url, b"{}", {})


def test_only_a_developers_own_machine_may_send_inside():
    assert is_development("http://localhost:8000")
    assert is_development("http://127.0.0.1:8000")
    for url in ("https://localhost", "http://support.example", "https://support.example", ""):
        assert not is_development(url)

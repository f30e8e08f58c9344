"""Messages of Amazon SNS, believed only with Amazon's signature and of the one topic we know.

Source: Amazon Simple Notification Service Developer Guide, "Verifying the signatures of Amazon SNS
messages", "HTTP/HTTPS subscription confirmation JSON format" and "… notification JSON format".

Nothing is fetched for a message of another topic.  The certificate comes from the host of the
topic's own region and from no other, a subscription is confirmed there by an address we build
ourselves, and no redirect is followed: the addresses in a message cannot lead us anywhere.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, Self
from urllib.parse import urlencode, urlsplit

import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509.oid import NameOID

from donations.kernel.errors import MisconfiguredError, TryAgainLater
from donations.mailer.returns.returned import NotReadable, NotVerified, read_object, word

if TYPE_CHECKING:
    from datetime import datetime

    from donations.mailer.returns.returned import Arrival

LARGEST_CERTIFICATE: Final = 64 * 1024
TIMEOUT_SECONDS: Final = 5
_ARN: Final = re.compile(r"arn:aws:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_-]{1,256}")
_CERTIFICATE: Final = re.compile(r"/SimpleNotificationService-[0-9a-f]{32}\.pem")
_SIGNER: Final = "sns.amazonaws.com"
_HASHES: Final = {"1": SHA1, "2": SHA256}  # a topic signs with 1 unless told otherwise
_KEPT: Final = 4
_NOTIFICATION: Final = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION: Final = (
    *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
)
_SIGNED: Final = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}


class Fetch(Protocol):
    """Gets an address of Amazon's."""

    def __call__(self, url: str) -> bytes:
        """What stands at `url`.  Raises `TryAgainLater`."""
        ...


def fetch(url: str) -> bytes:
    """What stands at `url`, by HTTPS and without following anything.  Raises `TryAgainLater`."""
    try:
        with requests.get(
            url, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise TryAgainLater(f"Amazon answered {answer.status_code}")
            return next(answer.iter_content(LARGEST_CERTIFICATE), b"")
    except requests.RequestException as error:
        raise TryAgainLater(f"Amazon cannot be reached ({type(error).__name__})") from None


@dataclass(frozen=True, slots=True)
class Topic:
    """The topic we subscribed to, and the certificates its messages were signed with."""

    arn: str
    region: str
    get: Fetch = fetch
    certificates: dict[str, x509.Certificate] = field(default_factory=dict, repr=False)

    @classmethod
    def named(cls, arn: str, get: Fetch = fetch) -> Self:
        """The topic of an ARN.  Raises `MisconfiguredError`."""
        found = _ARN.fullmatch(arn.strip())
        if found is None:
            raise MisconfiguredError("SES_TOPIC_ARN must be like arn:aws:sns:eu-west-1:1234…:name.")
        return cls(found[0], found[1], get)

    def message(self, arrival: Arrival) -> str:
        """What a notification says; "" for any other message, confirming a subscription of ours.

        Raises `NotVerified`, and `TryAgainLater` when Amazon cannot be asked for its certificate.
        """
        try:
            envelope = read_object(arrival.body)
        except NotReadable:
            raise NotVerified from None
        kind = word(envelope, "Type")
        if word(envelope, "TopicArn") != self.arn or kind not in _SIGNED:
            raise NotVerified
        self._verify(envelope, arrival.at)
        if kind == "SubscriptionConfirmation":
            self._confirm(word(envelope, "Token"))
        return word(envelope, "Message") if kind == "Notification" else ""

    def _verify(self, envelope: dict[str, Any], now: datetime) -> None:
        hashing = _HASHES.get(word(envelope, "SignatureVersion"))
        if hashing is None:
            raise NotVerified
        key = self._certificate(word(envelope, "SigningCertURL"), now).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise NotVerified
        try:
            signature = base64.b64decode(word(envelope, "Signature"), validate=True)
            key.verify(signature, signed_text(envelope), padding.PKCS1v15(), hashing())
        except (binascii.Error, InvalidSignature):
            raise NotVerified from None

    def _certificate(self, url: str, now: datetime) -> x509.Certificate:
        if not self._is_amazons(url):
            raise NotVerified
        found = self.certificates.get(url)
        if found is None:
            found = _read_certificate(self.get(url))
            if len(self.certificates) >= _KEPT:
                self.certificates.clear()
            self.certificates[url] = found
        if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
            raise NotVerified
        return found

    def _is_amazons(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        expected = f"https://{self._host}{parts.path}"
        return url == expected and _CERTIFICATE.fullmatch(parts.path) is not None

    def _confirm(self, token: str) -> None:
        query = {"Action": "ConfirmSubscription", "TopicArn": self.arn, "Token": token}
        self.get(f"https://{self._host}/?{urlencode(query)}")

    @property
    def _host(self) -> str:
        return f"sns.{self.region}.amazonaws.com"


def signed_text(envelope: dict[str, Any]) -> bytes:
    """The text that is signed: each field's name and value on a line of its own, if it is there."""
    names = _SIGNED[word(envelope, "Type")]
    lines = (f"{name}\n{envelope[name]}\n" for name in names if envelope.get(name) is not None)
    return "".join(lines).encode()


def _read_certificate(pem: bytes) -> x509.Certificate:
    try:
        found = x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise NotVerified from None
    names = [one.value for one in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [_SIGNER]:
        raise NotVerified
    return found

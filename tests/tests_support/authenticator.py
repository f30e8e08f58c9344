"""A telephone with passkeys, as far as a server sees of it (w3.org/TR/webauthn-3, sections 6 and 7)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(told):
    return base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))


class Authenticator:
    """One credential; `flags` and `origin` may be turned to lie."""

    def __init__(self, host="localhost", origin="http://localhost"):
        self.host, self.origin = host, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = secrets.token_bytes(16)
        self.owner = None
        self.uses = 0
        self.flags = PRESENT | VERIFIED

    def make(self, options):
        """The answer to the options of a registration."""
        asked = json.loads(options)
        self.owner = raw(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        data = self._data(ATTESTED) + bytes(16) + len(self.name).to_bytes(2, "big")
        attested = {"fmt": "none", "attStmt": {}, "authData": data + self.name + public}
        return self._told(asked, "webauthn.create", attestationObject=text(cbor2.dumps(attested)))

    def answer(self, options):
        """The answer to the options of a sign-in."""
        asked = json.loads(options)
        self.uses += 1
        data = self._data()
        client = self._client(asked, "webauthn.get")
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told(
            asked,
            "webauthn.get",
            authenticatorData=text(data),
            signature=text(signed),
            userHandle=text(self.owner),
        )

    def _data(self, more=0):
        flags = bytes([self.flags | more])
        return hashlib.sha256(self.host.encode()).digest() + flags + self.uses.to_bytes(4, "big")

    def _client(self, asked, kind):
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _told(self, asked, kind, **response):
        client = text(self._client(asked, kind))
        name = text(self.name)
        response = {"clientDataJSON": client, **response}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

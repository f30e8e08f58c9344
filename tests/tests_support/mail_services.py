"""Mail services played with keys of our own: what they send, signed as they sign it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from donations.mailer.returns.returned import Arrival
from donations.mailer.returns.sns import signed_text

ARN = "arn:aws:sns:eu-west-1:123456789012:letters"
CERTIFICATE_URL = (
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-"
    "0123456789abcdef0123456789abcdef.pem"
)
SECRET = "0f" * 32


def basic(password):
    return "Basic " + base64.b64encode(f"x:{password}".encode()).decode()


def arrival(body, now, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Arrival(raw, {name.lower().replace("_", "-"): v for name, v in headers.items()}, now)


class SendGridService:
    """Signs with ECDSA over timestamp and body."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public = base64.b64encode(der).decode()

    def headers(self, body, now):
        stamp = str(int(now.timestamp()))
        signature = self.key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
        }


TOKEN = "651869375b9df3c98fc15c4889b102119add1235c38fc92824"


def mailgun_signed(event, key, now, token=TOKEN):
    stamp = str(int(now.timestamp()))
    code = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": code},
        "event-data": event,
    }


class Sns:
    """Amazon's topic: signs with the key of its certificate, and serves the certificate."""

    def __init__(self, now, *, name="sns.amazonaws.com", days=30):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.pem = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days))
            .sign(self.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )
        self.fetched = []

    def get(self, url):
        self.fetched.append(url)
        return self.pem

    def message(self, kind="Notification", *, version="1", **fields):
        envelope = {
            "Type": kind,
            "MessageId": "19ba9823-d7f2-53c1-860e-cb10e0d13dfc",
            "TopicArn": ARN,
            "Timestamp": "2026-11-24T11:59:59.675Z",
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE_URL,
            **fields,
        }
        hashing = hashes.SHA1() if version == "1" else hashes.SHA256()  # noqa: S303 - as Amazon does
        signature = self.key.sign(signed_text(envelope), padding.PKCS1v15(), hashing)
        return {"Signature": base64.b64encode(signature).decode(), **envelope}

    def notification(self, told, **fields):
        return self.message(Message=json.dumps(told) + "\n", **fields)


def ses_bounce(address, message_id, kind="Permanent"):
    """Shaped as the example of Amazon's guide, "Bounce notification with a DSN"."""
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "reportingMTA": "dns; email.example.com",
            "bouncedRecipients": [
                {
                    "emailAddress": address,
                    "status": "5.1.1",
                    "action": "failed",
                    "diagnosticCode": f"smtp; 550 5.1.1 <{address}>... User unknown",
                }
            ],
            "bounceSubType": "General",
            "timestamp": "2026-11-24T11:59:44.101Z",
            "feedbackId": "00000138111222aa-44455566-cccc-cccc-cccc-ddddaaaa068a-000000",
            "remoteMtaIp": "127.0.2.0",
        },
        "mail": {
            "timestamp": "2026-11-24T11:59:38.237Z",
            "source": "post@mail.example",
            "messageId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000",
            "destination": [address],
            "headersTruncated": False,
            "headers": [
                {"name": "From", "value": '"Reader Support" <post@mail.example>'},
                {"name": "To", "value": address},
                {"name": "Message-ID", "value": f"<{message_id}@mail.example>"},
            ],
            "commonHeaders": {"messageId": f"<{message_id}@mail.example>"},
        },
    }

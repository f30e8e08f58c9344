"""Reports as mail: delivery status notifications (RFC 3464) and abuse reports (ARF, RFC 5965).

They are the words of whoever sent them and nothing is proven by them: see `noting`.
"""

from __future__ import annotations

from email import message_from_bytes, message_from_string
from email.message import Message
from email.policy import default
from typing import TYPE_CHECKING, Final

from donations.mailer.message_ids import left_part
from donations.mailer.returns.returned import Kind, NotReadable, Return
from donations.mailer.returns.ses import NO_COMPLAINTS
from donations.mailer.returns.statuses import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from email.message import EmailMessage

LARGEST: Final = 1024 * 1024
_ORIGINALS: Final = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
)
_STATUSES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})


def read_report(raw: bytes) -> tuple[Return, ...]:
    """What a report tells; nothing for the report of a success.

    Raises `NotReadable` for mail that is no such report.
    """
    try:
        mail = message_from_bytes(raw, policy=default)
        return tuple(_read(mail))
    except NotReadable:
        raise
    except Exception:  # noqa: BLE001 - the library's parser fails in many ways on hostile mail
        raise NotReadable("mail that cannot be parsed") from None


def _read(mail: EmailMessage) -> Iterator[Return]:
    if mail.get_content_type() != "multipart/report":
        raise NotReadable("no report")
    blocks = list(mail.iter_parts())  # and never what a returned letter may itself contain
    original = _original(blocks)
    letter = left_part(_header(original, "Message-ID"))
    for block in blocks:
        if block.get_content_type() in _STATUSES:
            yield from _deliveries(block, letter)
        elif block.get_content_type() == "message/feedback-report":
            yield from _complaints(block, original, letter)


def _deliveries(block: Message, letter: str) -> Iterator[Return]:
    """One for each recipient; the first of the blocks is about the message as a whole."""
    for fields in _blocks(block):
        action = _header(fields, "Action").lower()
        if action not in {"failed", "delayed"}:
            continue
        kind = kind_of(_header(fields, "Status"), _header(fields, "Diagnostic-Code"))
        if action == "delayed":
            kind = Kind.DELAYED
        addresses = (
            _header(fields, "Original-Recipient"),
            _header(fields, "Final-Recipient"),
        )
        for address in dict.fromkeys(_typed(one) for one in addresses if one):
            yield Return(kind, address, letter)


def _complaints(block: Message, original: Message | None, letter: str) -> Iterator[Return]:
    for fields in _blocks(block):
        kind = _header(fields, "Feedback-Type").lower()
        if not kind or kind in NO_COMPLAINTS:
            continue
        address = _header(fields, "Original-Rcpt-To") or _header(original, "To")
        yield Return(Kind.COMPLAINED, _bare(address), letter)


def _blocks(block: Message) -> Iterator[Message]:
    """The groups of fields, whether the library read all of them, the first or none."""
    content = block.get_payload()
    rest = content if isinstance(content, str) else ""
    for one in content if isinstance(content, list) else ():
        if isinstance(one, Message):
            yield one
            rest = str(one.get_payload())
    for group in rest.replace("\r\n", "\n").split("\n\n"):
        if group.strip():
            yield message_from_string(group.strip() + "\n\n", policy=default)


def _original(blocks: Sequence[Message]) -> Message | None:
    """The returned letter, or as much of its headers as was returned."""
    for block in blocks:
        if block.get_content_type() not in _ORIGINALS:
            continue
        content = block.get_payload()
        if isinstance(content, list) and content and isinstance(content[0], Message):
            return content[0]
        text = block.get_payload(decode=True)
        if isinstance(text, bytes):
            return message_from_bytes(text, policy=default)
    return None


def _header(fields: Message | None, name: str) -> str:
    return "" if fields is None else str(fields.get(name, "")).strip()


def _typed(field: str) -> str:
    """The address of "rfc822; reader@example.org" (RFC 3464, 2.3.1)."""
    return _bare(field.partition(";")[2] or field)


def _bare(text: str) -> str:
    inner = text.rpartition("<")[2].partition(">")[0] if "<" in text else text
    return inner.strip()

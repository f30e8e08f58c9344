"""Message-IDs: led back to a letter and to the address it went to by us, and by nobody else.

The left part is 32 hexadecimal digits: half names the letter's cause, half is a code over that half
and the address.  So whoever received one of our letters cannot pass it off as a letter to somebody
else, and a bounce that names an address can be believed without any address being kept.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from donations.vault.keys import normalised_email

if TYPE_CHECKING:
    from donations.vault.keys import MasterKey

LENGTH: Final = 32
_HALF: Final = LENGTH // 2


def message_id(master: MasterKey, key: str, address: str) -> str:
    """The left part of the Message-ID of the letter of cause `key` to `address`."""
    cause = master.index("letter", key).hex()[:_HALF]
    return cause + _code(master, cause, address)


def was_written_to(master: MasterKey, identifier: str, address: str) -> bool:
    """Whether the letter of this Message-ID's left part was one of ours to `address`."""
    if len(identifier) != LENGTH or not identifier.isascii():
        return False
    cause, code = identifier[:_HALF], identifier[_HALF:]
    return hmac.compare_digest(_code(master, cause, address), code)


def left_part(header: str) -> str:
    """What stands before the @ of a Message-ID, with or without its angle brackets; in lower case.

    Whatever cannot be one of ours becomes "".
    """
    text = header.strip().removeprefix("<").partition("@")[0].lower()
    is_ours = len(text) == LENGTH and all(digit in "0123456789abcdef" for digit in text)
    return text if is_ours else ""


def _code(master: MasterKey, cause: str, address: str) -> str:
    return master.index("letter to", f"{cause}\x1f{normalised_email(address)}").hex()[:_HALF]

"""Statement descriptors: what may stand on the payer's account statement.

Source: docs.stripe.com/get-started/account/statement-descriptors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj

_ALLOWED: Final = re.compile(r"[A-Za-z0-9 .,&/#:;()+-]{1,22}")
_SHORTEST: Final = 5


def check(given: Obj) -> None:
    """Raise `Refusal` for a descriptor or suffix in `given` that no statement could show."""
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        text = given.get(name)
        if text and not (_ALLOWED.fullmatch(text) and re.search("[A-Za-z]", text)):
            raise Refusal(
                f"The {name.replace('_', ' ')} must be at most 22 Latin characters, hold a letter "
                "and none of < > \\ ' \" *.",
                param=name,
            )
    whole = given.get("statement_descriptor")
    if whole and len(whole) < _SHORTEST:
        raise Refusal(
            f"The statement descriptor must be at least {_SHORTEST} characters.",
            param="statement_descriptor",
        )


def check_for(method: Obj, intent: Obj) -> None:
    """Raise `Refusal` if a card is to be charged with a whole descriptor instead of a suffix."""
    if method["type"] == "card" and intent["statement_descriptor"]:
        raise Refusal(
            "Card payments take `statement_descriptor_suffix`, not `statement_descriptor`.",
            param="statement_descriptor",
        )

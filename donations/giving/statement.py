r"""What a gift shows on a bank statement: neutral, and within Stripe's rules.

Stripe joins the account's prefix and the charge's suffix as `PREFIX* SUFFIX`: 5 to 22 Latin
characters in all, at least one letter in each part, none of `< > \ ' " *`.  Source:
https://docs.stripe.com/get-started/account/statement-descriptors.  A neutral line protects
nobody by itself, because a bank also sees the merchant; a line that names the newsroom betrays
at a glance, so it is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from donations.kernel.errors import MisconfiguredError

_FORBIDDEN: Final = set("<>\\'\"*")
_SHORTEST: Final = 5
_LONGEST: Final = 22
_LONGEST_PREFIX: Final = 10
_SHORTEST_PREFIX: Final = 2
_TELLING_WORDS: Final = ("donat", "news", "press", "journal", "media", "opposit", "thank", "free")
_SMALL_WORDS: Final = frozenset({"the", "a", "an", "of", "and", "for"})


@dataclass(frozen=True, slots=True)
class Statement:
    """The account's registered `prefix` and the `suffix` each charge adds."""

    prefix: str
    suffix: str

    @property
    def line(self) -> str:
        """The line as the bank prints it."""
        return f"{self.prefix}* {self.suffix}"

    def check(self, newsroom: str) -> None:
        """Raise `MisconfiguredError` where Stripe or caution would refuse the line."""
        for part in (self.prefix, self.suffix):
            if set(part) & _FORBIDDEN or not part.isascii() or not part.isprintable():
                raise _wrong(part, "only Latin characters, and none of < > \\ ' \" *")
            if not re.search("[A-Za-z]", part):
                raise _wrong(part, "each part needs a letter")
        if not _SHORTEST_PREFIX <= len(self.prefix) <= _LONGEST_PREFIX:
            raise _wrong(self.prefix, f"{_SHORTEST_PREFIX} to {_LONGEST_PREFIX} characters")
        if not _SHORTEST <= len(self.line) <= _LONGEST:
            raise _wrong(self.line, f"{_SHORTEST} to {_LONGEST} characters in all")
        self._stay_neutral(newsroom)

    def _stay_neutral(self, newsroom: str) -> None:
        line = self.line.casefold()
        name = [word for word in newsroom.casefold().split() if word not in _SMALL_WORDS]
        for word in (*name, *_TELLING_WORDS):
            if word in line:
                raise _wrong(self.line, f"it tells the bank whom the reader supports ({word!r})")


def _wrong(text: str, why: str) -> MisconfiguredError:
    return MisconfiguredError(f"NEWSROOM_STATEMENT_PREFIX/SUFFIX: {text!r}: {why}.")

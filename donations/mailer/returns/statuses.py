"""What a mail server's answer says about the mailbox, as far as it says anything.

RFC 3463 numbers the reasons: x.1.z is about the address, x.2.z the mailbox, x.7.z policy.  A letter
refused for what its sender is (5.7.z), for its size or for a full mailbox is no reason never to
write again; only an address that does not work is.
"""

from __future__ import annotations

import re
from typing import Final

from donations.mailer.returns.returned import Kind

_STATUS: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY: Final = re.compile(r"\b([245]\d\d)\b")

# RFC 3463, 3.2 to 3.5, and RFC 7505 (null MX): no such mailbox, no such domain, moved, closed.
_GONE: Final = frozenset(
    {
        *("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"),
        *("5.2.1", "5.4.4"),
    }
)
_UNSAID: Final = frozenset({"5.0.0", "5.5.0"})  # the status of servers that know none
_NO_MAILBOX: Final = frozenset({"550", "551", "553"})  # RFC 5321, 4.2.3


def kind_of(status: str, diagnostic: str = "") -> Kind:
    """What a failed delivery means; `diagnostic` is the server's own words, if they are known."""
    said = _STATUS.search(diagnostic) or _STATUS.search(status)
    if said is None:
        return Kind.DELAYED
    code = ".".join(said.groups())
    if code in _GONE:
        return Kind.BOUNCED
    reply = _REPLY.search(diagnostic)
    if code in _UNSAID and reply is not None and reply[1] in _NO_MAILBOX:
        return Kind.BOUNCED
    return Kind.DELAYED

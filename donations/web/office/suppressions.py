"""Who is not written to: one address at a time, typed by whoever answers letters.

Nothing is listed, and the address typed is neither kept, shown again, nor written to a log.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Final

import structlog
from flask import g, render_template, request

from donations.kernel.database import db, writing
from donations.mailer.addresses import BadAddress, checked_address
from donations.mailer.suppressing import SCOPES, lift, suppressions
from donations.staff.roles import Permission
from donations.vault.keys import normalised_email
from donations.web.house import house
from donations.web.office import mail_words
from donations.web.office.blueprint import page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_log: Final = structlog.get_logger("donations.office")
_INDEX_BYTES: Final = 32


@page("/suppressions", needs=Permission.SUPPRESSIONS)
def suppression_page() -> ResponseReturnValue:
    """The form to look an address up."""
    return _shown()


@page("/suppressions", needs=Permission.SUPPRESSIONS, methods=("POST",))
def suppression_find() -> ResponseReturnValue:
    """What keeps letters back from the address typed; it is posted, so no URL ever holds it."""
    try:
        address = checked_address(request.form.get("email", ""))
    except BadAddress:
        return _shown(bad=True), 422
    _log.info("suppressions looked up", staff=g.visitor.staff_id)
    return _shown(house().master.index("email", normalised_email(address)))


@page("/suppressions/lift", needs=Permission.SUPPRESSIONS_LIFT, methods=("POST",))
def suppression_lift() -> ResponseReturnValue:
    """Write to the address again, as far as one suppression kept letters back."""
    scope, index = request.form.get("scope", ""), _index()
    if index is None or scope not in SCOPES:
        return _shown(bad=True), 422
    with writing(db.session()) as session:
        reasons = [row.reason for row in suppressions(session, index) if row.scope == scope]
        lift(session, index, scope)
    for reason in reasons:
        _log.info("suppression lifted", scope=scope, reason=reason, staff=g.visitor.staff_id)
    return _shown(index, lifted=bool(reasons))


def _index() -> bytes | None:
    """The blind index the page before was about."""
    try:
        index = binascii.unhexlify(request.form.get("index", ""))
    except (binascii.Error, ValueError):
        return None
    return index if len(index) == _INDEX_BYTES else None


def _shown(index: bytes | None = None, *, bad: bool = False, lifted: bool = False) -> str:
    return render_template(
        "office/suppressions.html",
        index=None if index is None else index.hex(),
        found=() if index is None else suppressions(db.session(), index),
        bad=bad,
        lifted=lifted,
        SCOPES=mail_words.SCOPES,
        REASONS=mail_words.REASONS,
    )

"""Whether the sender's name and address tell a mailbox's onlooker which newsroom it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.mailer.sender_domain.advice import Advice

if TYPE_CHECKING:
    from donations.kernel.newsroom import Newsroom


def naming(newsroom: Newsroom) -> Advice:
    """What From tells, against what NEWSROOM_MAIL_STYLE asks for."""
    if newsroom.mail_style == "named":
        return Advice(well=True, what="letters are from the newsroom by name, as you chose")
    name = _plain(newsroom.name)
    told = (newsroom.mail_sender_name, newsroom.mail_from)
    if any(name in _plain(one) for one in told):
        return Advice(
            well=False,
            what="every mailbox shows the newsroom’s name: set NEWSROOM_MAIL_FROM and"
            " NEWSROOM_MAIL_SENDER_NAME to neutral ones, or NEWSROOM_MAIL_STYLE to named if no"
            " reader is endangered by it",
        )
    return Advice(well=True, what="the sender of letters does not name the newsroom")


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())

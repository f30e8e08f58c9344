"""The e-mail address in a reader's form: checked, made canonical, refused in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_babel import lazy_gettext as _
from wtforms import EmailField
from wtforms.validators import ValidationError

from donations.mailer.addresses import BadAddress, checked_address

if TYPE_CHECKING:
    from wtforms.form import BaseForm


class AddressField(EmailField):
    """An address a letter can be sent to; `address` is its canonical form once validated.

    `data` stays what was typed, so that the reader finds it again beside the message.
    """

    address: str = ""

    def pre_validate(self, form: BaseForm) -> None:  # noqa: ARG002 - the library's signature
        """Refuse what no letter can reach."""
        try:
            self.address = checked_address(self.data or "")
        except BadAddress as error:
            raise ValidationError(address_message(error)) from error


def address_message(error: BadAddress) -> str:
    """Why an address was not taken and what to do, in the reader's words."""
    return str(_SENTENCES[error.reason])


_SENTENCES: Final = {
    "empty": _("Enter your e-mail address."),
    "too_long": _("This address is too long: an e-mail address has at most 254 characters."),
    "space": _("An e-mail address has no spaces in it."),
    "control": _("An e-mail address has no spaces in it."),
    "at_sign": _("An e-mail address has one @ in it, as in name@example.org."),
    "local_part": _("Check the part before the @: something in it is not allowed there."),
    "foreign_local_part": _("We can only write to addresses with Latin letters before the @."),
    "domain": _("Check the part after the @: it should look like example.org."),
}

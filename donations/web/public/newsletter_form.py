"""What the newsletter forms send, read and checked.  The pages' HTML is written by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.validators import ValidationError

from donations.web.public.address_field import AddressField

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE: Final = "newsletter"
LONGEST_PLACEMENT: Final = 30
_PLACEMENT: Final = re.compile(r"[a-z][a-z_-]{0,29}")


class AddressForm(FlaskForm):  # Flask-WTF has no annotations
    """An address."""

    class Meta:
        """The reader's pages hold no token: they are guarded by the request's origin."""

        csrf = False

    email = AddressField()

    def first_errors(self) -> dict[str, str]:
        """One sentence for each field that was refused."""
        return {name: str(messages[0]) for name, messages in self.errors.items() if name}


class NewsletterForm(AddressForm):
    """Newsletters among those offered, an address, and the tick of consent."""

    newsletter = SelectMultipleField(validate_choice=False)
    consent = StringField()
    placement = StringField()

    def __init__(self, offered: Iterable[str]) -> None:
        super().__init__()
        self._offered = tuple(offered)

    def validate_newsletter(self, _field: SelectMultipleField) -> None:
        """Refuse to subscribe anybody to nothing."""
        if not self.chosen:
            raise ValidationError(_("Tick at least one newsletter."))

    def validate_consent(self, field: StringField) -> None:
        """Refuse to subscribe anybody who did not agree."""
        if field.data != "yes":
            raise ValidationError(_("Tick the box to say that you agree to the Privacy Policy."))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The newsletters that were ticked and are offered, in the order they are offered in."""
        ticked = self.newsletter.data or []
        return tuple(slug for slug in self._offered if slug in ticked)

    @property
    def agreed(self) -> bool:
        """Whether the box was ticked."""
        return bool(self.consent.data == "yes")

    @property
    def from_where(self) -> str:
        """The placement that asked, or this page's own if what came is none."""
        given = self.placement.data or ""
        return given if _PLACEMENT.fullmatch(given) else HERE

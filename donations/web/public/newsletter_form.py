"""What the newsletter form sends, read and checked.  The page's HTML is written by hand."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from donations.web.public.address_field import AddressField


class NewsletterForm(FlaskForm):  # Flask-WTF has no annotations
    """An address and the tick of consent."""

    class Meta:
        """The reader's pages hold no token: they are guarded by the request's origin."""

        csrf = False

    email = AddressField()
    consent = StringField()

    def validate_consent(self, field: StringField) -> None:
        """Refuse to subscribe anybody who did not agree."""
        if field.data != "yes":
            raise ValidationError(_("Tick the box to say that you agree to the Privacy Policy."))

    @property
    def agreed(self) -> bool:
        """Whether the box was ticked."""
        return bool(self.consent.data == "yes")

    def first_errors(self) -> dict[str, str]:
        """One sentence for each field that was refused."""
        return {name: str(messages[0]) for name, messages in self.errors.items() if name}

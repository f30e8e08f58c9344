"""The words for what is given and how often, on buttons and beside amounts."""

from __future__ import annotations

from flask_babel import gettext as _

from donations.kernel.cadence import Frequency


def give_label(frequency: Frequency, amount: str) -> str:
    """The words on the button: what will happen when it is pressed."""
    if frequency is Frequency.MONTHLY:
        return _("Give %(amount)s monthly", amount=amount)
    if frequency is Frequency.ANNUAL:
        return _("Give %(amount)s annually", amount=amount)
    return _("Give %(amount)s once", amount=amount)


def order_label(frequency: Frequency, amount: str) -> str:
    """An amount with how often it is given."""
    if frequency is Frequency.MONTHLY:
        return _("%(amount)s monthly", amount=amount)
    if frequency is Frequency.ANNUAL:
        return _("%(amount)s annually", amount=amount)
    return _("%(amount)s once", amount=amount)

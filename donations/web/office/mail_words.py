"""What staff read of letters: what each is, what came back, and who is not written to."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext

LETTERS: Final[dict[str, Any]] = {
    "receipt": lazy_gettext("Receipt"),
    "receipt-monthly": lazy_gettext("Receipt of a monthly gift"),
    "receipt-transfer": lazy_gettext("Receipt of a gift that came by transfer"),
    "payment_pending": lazy_gettext("Payment under way"),
    "payment-pending": lazy_gettext("Payment under way"),
    "payment_failed": lazy_gettext("Payment failed"),
    "payment-failed": lazy_gettext("Payment failed"),
    "membership_failed": lazy_gettext("Regular payment failed"),
    "membership-failed": lazy_gettext("Regular payment failed, will be tried again"),
    "membership-failed-card": lazy_gettext("Regular payment failed: the card expired"),
    "membership-failed-stopped": lazy_gettext("Regular payment failed: stopped at the bank"),
    "membership_confirm": lazy_gettext("Regular payment to be confirmed"),
    "membership-confirm": lazy_gettext("Regular payment to be confirmed"),
    "membership_last": lazy_gettext("Regular payment failed, last notice"),
    "membership-last": lazy_gettext("Regular payment failed, last notice"),
    "membership_lapsed": lazy_gettext("Support has ended"),
    "membership-lapsed": lazy_gettext("Support has ended"),
    "card_expiring": lazy_gettext("Card about to expire"),
    "card-expiring": lazy_gettext("Card about to expire"),
    "card_expired": lazy_gettext("Card expired"),
    "card-expired": lazy_gettext("Card expired"),
    "annual_notice": lazy_gettext("Yearly payment coming up"),
    "annual-notice": lazy_gettext("Yearly payment coming up"),
    "still_reading": lazy_gettext("Still reading?"),
    "still-reading": lazy_gettext("Still reading?"),
    "membership_changed": lazy_gettext("What a member asked for"),
    "membership-changed": lazy_gettext("What a member asked for is done"),
    "membership-ends": lazy_gettext("What a member asked for: an end planned"),
    "membership-not-changed": lazy_gettext("What a member asked for could not be done"),
    "promo_ends": lazy_gettext("A promo ends: the higher amount comes"),
    "promo-ends": lazy_gettext("A promo ends: monthly"),
    "promo-ends-annual": lazy_gettext("A promo ends: yearly"),
    "withdrawal": lazy_gettext("A contract was ended"),
    "membership-ended": lazy_gettext("Support was ended"),
    "gift_membership": lazy_gettext("Gift membership: to its recipient"),
    "gift-membership": lazy_gettext("Gift membership: to its recipient"),
    "gift-membership-wordless": lazy_gettext("Gift membership: without a word"),
    "gift_bought": lazy_gettext("Gift membership: to its buyer"),
    "gift-bought": lazy_gettext("Gift membership: to its buyer"),
    "gift-bought-by-hand": lazy_gettext("Gift membership: to its buyer, handed over by hand"),
    "gift_ending": lazy_gettext("Gift membership: it ends soon"),
    "gift-ending": lazy_gettext("Gift membership: it ends soon"),
    "seat_invitation": lazy_gettext("Invitation to a seat"),
    "seat-invitation": lazy_gettext("Invitation to a seat"),
    "new_link": lazy_gettext("A new link"),
    "new-link": lazy_gettext("A new link"),
    "cancel_link": lazy_gettext("Links to cancel"),
    "cancel-link": lazy_gettext("Links to cancel"),
    "mailbox_old": lazy_gettext("Another address: to the old one"),
    "mailbox-old": lazy_gettext("Another address: to the old one"),
    "mailbox_new": lazy_gettext("Another address: to the new one"),
    "mailbox-new": lazy_gettext("Another address: to the new one"),
    "reminder": lazy_gettext("Reminder"),
    "reminder-open": lazy_gettext("Reminder without an amount"),
    "reminder-second": lazy_gettext("Reminder, with a second to come"),
    "reminder-series": lazy_gettext("Reminder that comes again and again"),
    "newsletter_confirm": lazy_gettext("Newsletter: please confirm"),
    "newsletter-confirm": lazy_gettext("Newsletter: please confirm"),
    "newsletter_preferences": lazy_gettext("Newsletter: your choices"),
    "newsletter-confirmed": lazy_gettext("Newsletter: confirmed"),
    "newsletter-link": lazy_gettext("Newsletter: the link asked for"),
    "sign_in": lazy_gettext("Account: the link to sign in"),
    "sign-in": lazy_gettext("Account: the link to sign in"),
    "recovery": lazy_gettext("The gift you began"),
    "recovery-last": lazy_gettext("The gift you began, second letter"),
    "books_alarm": lazy_gettext("Alarm about the books, to staff"),
    "books-alarm": lazy_gettext("Alarm about the books, to staff"),
}
RETURNED: Final[dict[str, Any]] = {
    "bounced": lazy_gettext("No such mailbox"),
    "complained": lazy_gettext("Called spam"),
    "delayed": lazy_gettext("Not taken, or later"),
}
SCOPES: Final[dict[str, Any]] = {
    "everything": lazy_gettext("No letter at all"),
    "unasked": lazy_gettext("Only what they ask for themselves, not even receipts"),
    "wishes": lazy_gettext("Only receipts and answers to what they do themselves"),
    "reminders": lazy_gettext("No reminders"),
}
REASONS: Final[dict[str, Any]] = {
    "bounced": lazy_gettext("A letter came back: there is no such mailbox."),
    "complained": lazy_gettext("They called a letter spam."),
    "asked": lazy_gettext("They asked for it."),
}
LANGUAGES: Final[dict[str, Any]] = {
    "en": lazy_gettext("English"),
    "ru": lazy_gettext("Russian"),
}
SHADES: Final[dict[str, Any]] = {
    "light": lazy_gettext("Light"),
    "dark": lazy_gettext("Dark"),
}

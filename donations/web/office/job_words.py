"""What staff read in place of the names of the kinds of work."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from donations.adoption import stamping
from donations.closing import keeping
from donations.dossiers import erasing, mailbox
from donations.dunning import cards, daily
from donations.dunning.kinds import Kind
from donations.entitlements import gift_round, gifting, inviting, keeping_up, seat_standing
from donations.giving import cancelling, letters, receipts
from donations.inbox import catching_up, intake, sweep
from donations.inbox.handlers import payouts
from donations.jobs import cleaning
from donations.newsletters import changes, following_up, forgetting, reconciling, subscribing
from donations.partners import replaying, telling
from donations.reconciliation import alarm, nightly
from donations.recoveries import recovering
from donations.reminders import due, reminding
from donations.reminders import forgetting as forget_reminders
from donations.self_service import (
    asking,
    card,
    carrying_out,
    new_links,
    orders,
    raising,
    withdrawing,
)
from donations.supporters import account_closing, sign_in_links

JOB_KINDS: Final = {
    receipts.RECEIPT_JOB: lazy_gettext("Receipts"),
    letters.PENDING_JOB: lazy_gettext("Letters: payment under way"),
    letters.FAILED_JOB: lazy_gettext("Letters: payment failed"),
    Kind.FAILED.value: lazy_gettext("Letters: membership payment failed"),
    Kind.CONFIRM.value: lazy_gettext("Letters: payment to be confirmed"),
    Kind.LAST.value: lazy_gettext("Letters: last notice"),
    Kind.LAPSED.value: lazy_gettext("Letters: support has ended"),
    Kind.CARD_EXPIRING.value: lazy_gettext("Letters: card about to expire"),
    Kind.CARD_EXPIRED.value: lazy_gettext("Letters: card expired"),
    Kind.ANNUAL.value: lazy_gettext("Letters: yearly payment coming up"),
    Kind.STILL_READING.value: lazy_gettext("Letters: still reading?"),
    daily.JOB: lazy_gettext("Finding the notices due"),
    cards.CHECK_JOB: lazy_gettext("Looking when cards expire"),
    cancelling.CANCEL_JOB: lazy_gettext("Cancelling at Stripe"),
    intake.STRIPE_EVENT_JOB: lazy_gettext("What Stripe told us"),
    catching_up.JOB: lazy_gettext("Events no webhook told of"),
    payouts.MEND_JOB: lazy_gettext("Movements to mend"),
    sweep.JOB: lazy_gettext("Sweep of Stripe’s movements"),
    nightly.JOB: lazy_gettext("Nightly audit"),
    keeping.JOB: lazy_gettext("Packs of closed months"),
    alarm.ALARM_JOB: lazy_gettext("Alarm about the books"),
    reminding.JOB: lazy_gettext("Reminders"),
    due.DUE_JOB: lazy_gettext("Finding the reminders due"),
    forget_reminders.FORGET_JOB: lazy_gettext("Forgetting reminders sent"),
    recovering.JOB: lazy_gettext("Letters: unfinished gifts"),
    recovering.FORGET_JOB: lazy_gettext("Forgetting unfinished gifts"),
    subscribing.JOB: lazy_gettext("Newsletter confirmations"),
    following_up.LINK_JOB: lazy_gettext("Newsletter preferences by mail"),
    forgetting.DROP_JOB: lazy_gettext("Dropping suppressed readers"),
    forgetting.JOB: lazy_gettext("Forgetting unconfirmed readers"),
    changes.TELL_JOB: lazy_gettext("Telling the newsletter service"),
    reconciling.RECONCILE_JOB: lazy_gettext("Comparing with the newsletter service"),
    sign_in_links.LINK_JOB: lazy_gettext("Links to sign in"),
    account_closing.JOB: lazy_gettext("Forgetting links and sessions that are over"),
    orders.ORDER_JOB: lazy_gettext("What members asked for"),
    asking.ENDED_JOB: lazy_gettext("Letters: support was ended"),
    carrying_out.TOLD_JOB: lazy_gettext("Letters: what a member asked for"),
    card.CARD_JOB: lazy_gettext("New cards"),
    new_links.NEW_LINK_JOB: lazy_gettext("Letters: a new link"),
    keeping_up.JOB: lazy_gettext("Keeping up who may use what"),
    raising.JOB: lazy_gettext("Keeping up promos"),
    raising.LETTER_JOB: lazy_gettext("Letters: a promo ends"),
    withdrawing.LETTER_JOB: lazy_gettext("Letters: a contract was ended"),
    withdrawing.LINK_JOB: lazy_gettext("Letters: links to cancel"),
    erasing.ERASE_JOB: lazy_gettext("Erasing supporters"),
    mailbox.LETTER_JOB: lazy_gettext("Letters: another address"),
    mailbox.TELL_JOB: lazy_gettext("Telling Stripe another address"),
    telling.DELIVER_JOB: lazy_gettext("Telling other programs"),
    replaying.FORGET_JOB: lazy_gettext("Forgetting what other programs were told"),
    stamping.STAMP_JOB: lazy_gettext("Marking subscriptions taken over"),
    gifting.ROUND_JOB: lazy_gettext("Gift memberships: what is due"),
    gifting.BOUGHT_JOB: lazy_gettext("Letters: a gift membership was bought"),
    gift_round.SEND_JOB: lazy_gettext("Letters: a gift membership"),
    gift_round.ENDING_JOB: lazy_gettext("Letters: a gift membership ends"),
    inviting.LETTER_JOB: lazy_gettext("Letters: an invitation to a seat"),
    seat_standing.ROUND_JOB: lazy_gettext("Seats of groups: what is due"),
    cleaning.JOB: lazy_gettext("Forgetting old jobs"),
}

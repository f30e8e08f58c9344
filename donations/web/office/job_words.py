"""What staff read in place of the names of the kinds of work."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext

from donations.closing import keeping
from donations.giving import cancelling, letters, receipts
from donations.inbox import catching_up, intake, sweep
from donations.inbox.handlers import payouts
from donations.jobs import cleaning
from donations.newsletters import changes, following_up, forgetting, reconciling, subscribing
from donations.reconciliation import alarm, nightly
from donations.recoveries import recovering
from donations.reminders import due, reminding
from donations.reminders import forgetting as forget_reminders
from donations.supporters import account_closing, sign_in_links

JOB_KINDS: Final = {
    receipts.RECEIPT_JOB: lazy_gettext("Receipts"),
    letters.PENDING_JOB: lazy_gettext("Letters: payment under way"),
    letters.FAILED_JOB: lazy_gettext("Letters: payment failed"),
    letters.MEMBERSHIP_FAILED_JOB: lazy_gettext("Letters: membership payment failed"),
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
    cleaning.JOB: lazy_gettext("Forgetting old jobs"),
}

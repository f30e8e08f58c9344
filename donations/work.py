"""The work of the house: every kind of job with what does it, and what recurs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from donations.adoption import stamping
from donations.closing import keeping
from donations.dossiers import erasing, mailbox, mailbox_letters
from donations.dunning import cards, daily
from donations.dunning.letters import NoticeLetters
from donations.entitlements import duties, keeping_up
from donations.entitlements.welcoming import Welcomer
from donations.giving.cancelling import CANCEL_JOB, membership_canceller
from donations.giving.letters import LetterWriter
from donations.inbox import catching_up, sweep
from donations.inbox.dispatch import event_applier
from donations.inbox.handlers.payouts import MEND_JOB
from donations.inbox.intake import STRIPE_EVENT_JOB
from donations.inbox.mending import movement_mender
from donations.jobs import cleaning
from donations.jobs.worker import Handler, Schedule
from donations.mailer.links import reader_link
from donations.newsletters import changes, following_up, forgetting, reconciling, subscribing
from donations.newsletters.confirming import ConfirmationSender
from donations.newsletters.telling import Teller
from donations.partners import replaying, telling
from donations.partners.delivering import Deliverer
from donations.partners.outward import Outward, is_development
from donations.reconciliation import nightly
from donations.reconciliation.alarm import ALARM_JOB, AlarmSender
from donations.recoveries import recovering
from donations.recoveries.sending import RecoverySender
from donations.reminders import due, reminding
from donations.reminders import forgetting as forget_reminders
from donations.reminders.letters import ReminderLetters
from donations.reminders.sending import ReminderSender
from donations.self_service import raising
from donations.self_service.actions import Action
from donations.self_service.card import CARD_JOB, card_taker
from donations.self_service.carrying_out import OrderCarrier
from donations.self_service.letters import MembershipLetters
from donations.self_service.new_links import NEW_LINK_JOB, LinkWriter
from donations.self_service.orders import ORDER_JOB
from donations.self_service.promo_letters import PromoLetter
from donations.supporters import account_closing, sign_in_links
from donations.supporters.sign_in_letters import SignInSender
from donations.web.membership.still_reading import PURPOSE as STILL_READING
from donations.web.public import receipt_paper
from donations.web.public.newsletter_offers import names_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from donations.jobs.running import BulkHandler
    from donations.web.house import House

SCHEDULES: Final = (
    Schedule(cleaning.JOB, cleaning.EVERY),
    Schedule(forgetting.JOB, timedelta(days=1)),
    Schedule(reconciling.RECONCILE_JOB, reconciling.EVERY),
    Schedule(forgetting.DROP_JOB, forgetting.DROP_EVERY),
    Schedule(recovering.FORGET_JOB, timedelta(hours=1)),
    Schedule(due.DUE_JOB, due.EVERY),
    Schedule(forget_reminders.FORGET_JOB, timedelta(days=1)),
    Schedule(catching_up.JOB, catching_up.EVERY),
    Schedule(sweep.JOB, sweep.EVERY),
    Schedule(nightly.JOB, nightly.EVERY),
    Schedule(account_closing.JOB, account_closing.EVERY),
    Schedule(daily.JOB, daily.EVERY),
    Schedule(keeping_up.JOB, keeping_up.EVERY),
    Schedule(raising.JOB, raising.EVERY),
    Schedule(replaying.FORGET_JOB, replaying.FORGET_EVERY),
    *duties.SCHEDULES,
)


def handlers(parts: House) -> dict[str, Handler | BulkHandler]:
    """Every kind of job with what does it."""
    return {
        **_with_stripe(parts),
        **_gifts(parts),
        **_memberships(parts),
        **_account(parts),
        **duties.handlers(parts.master, parts.postbox, parts.newsroom, parts.base_url),
        **_reminders(parts),
        **_newsletters(parts),
        **_partners(parts),
        cleaning.JOB: cleaning.Cleaner(frozenset(schedule.kind for schedule in SCHEDULES)),
        keeping.JOB: keeping.keep_pack,
        ALARM_JOB: AlarmSender(parts.postbox, parts.newsroom, parts.base_url),
    }


def _with_stripe(parts: House) -> dict[str, Handler]:
    """What follows Stripe."""
    gateway, master = parts.gateway, parts.master
    guarded = frozenset(parts.newsroom.guarded_countries)
    return {
        STRIPE_EVENT_JOB: event_applier(gateway, master, guarded),
        MEND_JOB: movement_mender(gateway, master, guarded),
        sweep.JOB: sweep.sweep_job(gateway, master, guarded),
        catching_up.JOB: catching_up.event_catcher(gateway, master),
        nightly.JOB: nightly.auditor(gateway, master),
        stamping.STAMP_JOB: stamping.stamper(gateway, master),
    }


def _gifts(parts: House) -> dict[str, Handler]:
    """What is owed to whoever gave, or began to."""
    writer = LetterWriter(
        parts.master,
        parts.postbox,
        parts.gateway,
        parts.newsroom,
        parts.statement,
        lambda language: reader_link(parts.base_url, parts.newsroom, language, "/support"),
        _acting(parts),
        _paper(parts),
    )
    return {
        **writer.handlers,
        recovering.JOB: RecoverySender(
            parts.master, parts.postbox, parts.signer, parts.base_url, parts.newsroom
        ),
        recovering.FORGET_JOB: recovering.forget_recoveries,
    }


def _memberships(parts: House) -> dict[str, Handler]:
    """What members ask for, and what they are told unasked."""
    gateway, master, postbox = parts.gateway, parts.master, parts.postbox
    newsroom, links = parts.newsroom, parts.action_links
    notices = NoticeLetters(master, postbox, newsroom, _acting(parts), _leading_on(parts))
    return {
        CANCEL_JOB: membership_canceller(gateway, master),
        ORDER_JOB: OrderCarrier(gateway, master),
        **MembershipLetters(master, postbox, links, newsroom).handlers,
        NEW_LINK_JOB: LinkWriter(master, postbox, links, newsroom),
        CARD_JOB: card_taker(gateway, master),
        **notices.handlers,
        daily.JOB: daily.DailyNotices(newsroom.zone),
        keeping_up.JOB: keeping_up.keep_up,
        raising.JOB: raising.keep_terms,
        raising.LETTER_JOB: PromoLetter(master, postbox, links, newsroom),
        cards.CHECK_JOB: cards.card_checker(gateway, master),
    }


def _account(parts: House) -> dict[str, Handler]:
    """Signing in, another mailbox, and being forgotten."""
    master, postbox, newsroom = parts.master, parts.postbox, parts.newsroom
    return {
        sign_in_links.LINK_JOB: Welcomer(
            master, SignInSender(master, postbox, parts.base_url, newsroom)
        ),
        account_closing.JOB: account_closing.clean_accounts,
        erasing.ERASE_JOB: erasing.eraser(parts.gateway, master),
        mailbox.LETTER_JOB: mailbox_letters.MailboxLetters(
            master, postbox, parts.signer, parts.base_url, newsroom
        ),
        mailbox.TELL_JOB: mailbox_letters.stripe_teller(parts.gateway, master),
    }


def _reminders(parts: House) -> dict[str, Handler | BulkHandler]:
    letters = ReminderLetters(parts.master, parts.signer, parts.base_url, parts.newsroom)
    return {
        reminding.JOB: ReminderSender(letters, parts.postbox),
        due.DUE_JOB: due.promise_due,
        forget_reminders.FORGET_JOB: forget_reminders.ReminderForgetter(
            parts.newsroom.reminder_kept_days
        ),
    }


def _newsletters(parts: House) -> dict[str, Handler]:
    links, master, postbox = parts.newsletter_links, parts.master, parts.postbox
    return {
        subscribing.JOB: ConfirmationSender(master, postbox, links, names_of),
        following_up.LINK_JOB: following_up.LinkSender(master, postbox, links, names_of),
        forgetting.JOB: forgetting.forget_unconfirmed,
        forgetting.DROP_JOB: forgetting.drop_suppressed,
        changes.TELL_JOB: Teller(master, parts.audience, links),
        reconciling.RECONCILE_JOB: reconciling.Reconciler(master, parts.audience),
    }


def _partners(parts: House) -> dict[str, Handler]:
    """What other programs are told."""
    outward = Outward(inside_too=is_development(parts.base_url))
    return {
        telling.DELIVER_JOB: Deliverer(parts.master, outward),
        replaying.FORGET_JOB: replaying.forget_events,
    }


def _acting(parts: House) -> Callable[[str, str, str], str]:
    """The addresses of what may be done with a membership."""

    def address(action: str, public_id: str, language: str) -> str:
        return parts.action_links.url(Action(action), public_id, language)

    return address


def _paper(parts: House) -> Callable[[int, str], str]:
    """The addresses of receipts as files."""

    def address(number: int, language: str) -> str:
        token = parts.signer.sign(receipt_paper.PURPOSE, str(number))
        path = f"{receipt_paper.RULE}/{token}"
        return reader_link(parts.base_url, parts.newsroom, language, path)

    return address


def _leading_on(parts: House) -> Callable[[str, str, str], str]:
    """The addresses a notice leads on to."""

    def address(where: str, public_id: str, language: str) -> str:
        base, newsroom = parts.base_url, parts.newsroom
        if where == "again":
            return reader_link(base, newsroom, language, "/support")
        if where == "remind":
            asked = {"stage": "winback", "placement": "lapse"}
            return reader_link(base, newsroom, language, "/remind-me", **asked)
        token = parts.signer.sign_lasting(STILL_READING, public_id)
        return reader_link(base, newsroom, language, f"/support/no-yearly-note/{token}")

    return address

"""When a Checkout Session ends unpaid, and the link that brings it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from donations.sandbox.objects.payments import payments, setup_intents
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World

SHORTEST: Final = 30 * 60
LONGEST: Final = 24 * 3600
RECOVERABLE: Final = 30 * 24 * 3600
_SLACK_SECONDS: Final = 60


def moment(world: World, wanted: int | None) -> tuple[int, int]:
    """The `expires_at` to show and how many seconds that is from now.

    The caller reads its own clock, which the sandbox's may have left behind: either may be meant.
    """
    if wanted is None:
        return world.clock.now() + LONGEST, LONGEST
    lengths = [wanted - now for now in (world.clock.now(), world.clock.wall())]
    for lasts in lengths:
        if SHORTEST - _SLACK_SECONDS <= lasts <= LONGEST + _SLACK_SECONDS:
            return wanted, lasts
    bound = "less than 24 hours" if min(lengths) > LONGEST else "at least 30 minutes"
    raise Refusal(
        f"The `expires_at` timestamp must be {bound} from Checkout Session creation.",
        param="expires_at",
    )


def recovery(given: Obj) -> Obj:
    """The terms of a recovery as the session carries them; the link comes when it expires."""
    return {
        "allow_promotion_codes": given.get("allow_promotion_codes", False),
        "enabled": given["enabled"],
        "expires_at": None,
        "url": None,
    }


def give_up(world: World, session: Obj) -> None:
    """Nothing will be paid or set up by this session any more."""
    intent = world.store.find("payment_intent", session.get("_intent"))
    if intent and intent["status"] in payments.CANCELABLE:
        payments.cancel(world, intent, "abandoned")
    setup = world.store.find("setup_intent", session.get("_setup"))
    if setup and setup["status"] in setup_intents.CANCELABLE:
        setup_intents.cancel(world, setup, "abandoned")


def offer_recovery(world: World, session: Obj) -> None:
    """Give an expired session the link that opens a copy, where that was wanted."""
    terms = (session["after_expiration"] or {}).get("recovery")
    if terms and terms["enabled"]:
        token = world.store.new_id("live")[5:]
        session["_recovery"] = token
        terms |= {
            "expires_at": world.clock.now() + RECOVERABLE,
            "url": f"{world.base_url}/r/{session['id']}/{token}",
        }


def may_recover(world: World, session: Obj, token: str) -> bool:
    """Whether `token` still opens a copy of the session."""
    if session.get("_recovery") != token:
        return False
    expires_at: int = session["after_expiration"]["recovery"]["expires_at"]
    return world.clock.now() < expires_at

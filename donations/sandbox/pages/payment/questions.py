"""What one session's page asks its reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from donations.sandbox.objects.checkout import saved_methods

if TYPE_CHECKING:
    from donations.sandbox import Obj
    from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of `session`; `saved` are the cards a returning customer may choose."""

    session: Obj
    saved: tuple[Obj, ...] = ()

    @property
    def locked_email(self) -> str | None:
        """The e-mail the caller fixed, which the reader cannot change."""
        fixed = self.session["customer"] or self.session["customer_email"]
        return (self.session["customer_details"] or {}).get("email") if fixed else None

    @property
    def methods(self) -> list[str]:
        """The kinds of method offered, the usual one first; none where nothing is to be paid."""
        nothing = self.session.get("_collects") == "nothing"
        methods: list[str] = [] if nothing else self.session["payment_method_types"]
        return methods

    @property
    def choices(self) -> list[str]:
        """Everything that may be chosen to pay with, what is chosen at first in front."""
        return [*(method["id"] for method in self.saved), *self.methods]

    @property
    def phone(self) -> bool:
        """Whether a phone number is asked for."""
        return bool(self.session["phone_number_collection"]["enabled"])

    @property
    def address(self) -> bool:
        """Whether a whole billing address is asked for."""
        return bool(self.session["billing_address_collection"] == "required")

    @property
    def names(self) -> dict[str, bool]:
        """The further names asked for, and whether each may be left out."""
        kinds = self.session.get("name_collection") or {}
        return {
            f"{kind}_name": kinds[kind]["optional"]
            for kind in ("individual", "business")
            if (kinds.get(kind) or {}).get("enabled")
        }

    @property
    def terms(self) -> bool:
        """Whether the terms of service must be agreed to."""
        return self._consents("terms_of_service") == "required"

    @property
    def promotions(self) -> bool:
        """Whether the reader is asked to be kept up to date."""
        return self._consents("promotions") == "auto"

    @property
    def code(self) -> bool:
        """Whether a promotion code may be entered."""
        return bool(self.session["allow_promotion_codes"])

    @property
    def save(self) -> bool:
        """Whether the reader may keep the card for next time."""
        return saved_methods.may_save(self.session)

    @property
    def remove(self) -> bool:
        """Whether a saved card may be taken off the list."""
        return saved_methods.may_remove(self.session)

    @property
    def reuse(self) -> bool:
        """Whether the page says that the card will be charged again."""
        agreement = (self.session["consent_collection"] or {}).get("payment_method_reuse_agreement")
        hidden = (agreement or {}).get("position") == "hidden"
        once = self.session["mode"] == "payment"
        kept = self.session["_payment_intent_data"].get("setup_future_usage")
        return not hidden and bool(kept or not once)

    def _consents(self, name: str) -> str | None:
        asked: str | None = (self.session["consent_collection"] or {}).get(name)
        return asked


def of(world: World, session: Obj) -> Questions:
    """The questions of that session."""
    saved = saved_methods.offered(world, session) if session["_collects"] != "nothing" else ()
    return Questions(session, tuple(saved))

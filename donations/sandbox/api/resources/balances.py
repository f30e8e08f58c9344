"""The balance and its transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import page, within
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects.money import books
from donations.sandbox.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from donations.sandbox import Obj

_KIND = "balance_transaction"


@operation("GET", "/v1/balance", "BalanceRetrieveParams")
def retrieve(call: Call) -> Obj:
    """The account's balance."""
    return books.balance(call.world)


@operation("GET", "/v1/balance_transactions", "BalanceTransactionListParams")
def list_transactions(call: Call) -> Obj:
    """Movements of money, the newest first."""
    wanted = call.params
    found = (
        entry
        for entry in _narrowed(call)
        if all(entry[name] == wanted[name] for name in ("currency", "type") if name in wanted)
        and within(entry["created"], wanted.get("created", {}))
    )
    return page(call, found, _KIND)


@operation("GET", "/v1/balance_transactions/<id>", "BalanceTransactionRetrieveParams")
def retrieve_transaction(call: Call) -> Obj:
    """One movement."""
    return call.world.store.get(_KIND, call.id)


def _narrowed(call: Call) -> Iterator[Obj]:
    """The lines of the payout or source asked for, without a search; else all."""
    store, source = call.world.store, call.params.get("source")
    if "payout" not in call.params:
        yield from store.owned(_KIND, "source", source) if source else store.all(_KIND)
        return
    payout = store.get("payout", call.params["payout"], "payout")
    if not payout["automatic"]:
        raise Refusal(
            "Balance transaction history can only be filtered on automatic transfers, not manual."
        )
    if payout["reconciliation_status"] == "completed":
        lines = books.lines_of(call.world, payout)
        yield from (entry for entry in lines if not source or entry["source"] == source)

"""The balance and its transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from donations.sandbox.api.listing import listed
from donations.sandbox.api.operations import Call, operation
from donations.sandbox.objects import books
from donations.sandbox.refusals import missing

if TYPE_CHECKING:
    from donations.sandbox import Obj


@operation("GET", "/v1/balance", "BalanceRetrieveParams")
def retrieve(call: Call) -> Obj:
    """The account's balance."""
    return books.balance(call.world)


@operation("GET", "/v1/balance_transactions", "BalanceTransactionListParams")
def list_transactions(call: Call) -> Obj:
    """Movements of money, the newest first."""
    if call.params.get("payout"):
        raise missing("payout", call.params["payout"], "payout")
    return listed(call, "balance_transaction")


@operation("GET", "/v1/balance_transactions/<id>", "BalanceTransactionRetrieveParams")
def retrieve_transaction(call: Call) -> Obj:
    """One movement."""
    return call.world.store.get("balance_transaction", call.id)

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stripe

from donations.sandbox.annotations.shaping import problems_of
from donations.sandbox.objects.money import books
from donations.sandbox.objects.money.payout_returns import FAILURES
from donations.sandbox.server import Sandbox

DAY = 86_400


def lines(sdk, payout):
    listed = sdk.v1.balance_transactions.list({"payout": payout.id, "limit": 100})
    return list(listed.auto_paging_iter())


def available(sdk, currency="usd"):
    found = [each.amount for each in sdk.v1.balance.retrieve().available]
    names = [each.currency for each in sdk.v1.balance.retrieve().available]
    return dict(zip(names, found, strict=True)).get(currency, 0)


def payouts(sdk, **wanted):
    return list(reversed(sdk.v1.payouts.list({"limit": 100, **wanted}).data))


def paid(shop, sdk, **gift):
    """The only payout, arrived, of one gift."""
    shop.give(**gift)
    shop.advance(days=4)
    [payout] = payouts(sdk)
    return payout


def clean(sdk, sandbox, http):
    for path in ("payouts", "balance_transactions"):
        for entry in http.get(f"{sandbox.base_url}/v1/{path}?limit=100").json()["data"]:
            assert problems_of(entry) == []


def test_what_is_available_is_paid_out_on_the_next_midnight(shop, sdk, sandbox, http):
    payout = paid(shop, sdk)
    assert (payout.amount, payout.currency, payout.status) == (1426, "usd", "paid")
    assert payout.automatic is True
    assert (payout.method, payout.type, payout.source_type) == ("standard", "bank_account", "card")
    assert payout.created % DAY == 0
    assert payout.arrival_date == payout.created + DAY
    assert payout.reconciliation_status == "completed"
    assert payout.trace_id.status == "supported"
    assert payout.trace_id.value
    full = sdk.v1.payouts.retrieve(payout.id, {"expand": ["balance_transaction", "destination"]})
    assert full.balance_transaction.net == -1426
    assert full.destination.object == "bank_account"
    assert problems_of(full.to_dict()) == []
    assert sandbox.control("state")["paid_out"] == {"usd": 1426}
    clean(sdk, sandbox, http)


def test_a_payout_tells_of_its_way_to_the_bank(shop, sdk):
    paid(shop, sdk)
    told = [name for name in shop.happened() if name.startswith(("payout.", "balance."))]
    assert told == [
        "balance.available",
        "payout.created",
        "payout.updated",
        "payout.reconciliation_completed",
        "payout.updated",
        "payout.paid",
    ]


def test_a_payout_is_first_pending_and_then_in_transit(shop, sdk):
    shop.give()
    moment = shop.sandbox.world.clock.now()
    shop.advance(to=moment - moment % DAY + 2 * DAY)
    [payout] = payouts(sdk)
    assert (payout.status, payout.reconciliation_status) == ("pending", "in_progress")
    assert payout.trace_id.status == "pending"
    assert lines(sdk, payout) == []
    shop.advance(seconds=3600)
    [payout] = payouts(sdk)
    assert (payout.status, payout.reconciliation_status) == ("in_transit", "completed")
    assert len(lines(sdk, payout)) == 2


def test_the_lines_of_a_payout_make_up_its_amount(shop, sdk, sandbox):
    gift = shop.give()
    shop.give(amount=2500)
    shop.give(card="4000000000000259", amount=9000)
    sandbox.control("refund", {"payment_intent": gift.payment_intent, "amount": 400})
    sandbox.control("stripe_fee", {"amount": 7})
    shop.give(amount=2000, currency="eur")
    shop.advance(days=4)
    made = payouts(sdk)
    assert {payout.currency for payout in made} == {"usd", "eur"}
    for payout in made:
        inside = lines(sdk, payout)
        assert inside[0].type == "payout"
        assert inside[0].source == payout.id
        assert sum(line.net for line in inside if line.type != "payout") == payout.amount


def test_each_line_is_paid_out_once(shop, sdk):
    for _ in range(3):
        shop.give()
        shop.advance(days=1)
    shop.advance(days=4)
    inside = [line.id for payout in payouts(sdk) for line in lines(sdk, payout)]
    assert len(inside) == len(set(inside)) == 6
    assert {line.id for line in sdk.v1.balance_transactions.list({"limit": 100})} == set(inside)


def test_less_than_nothing_is_carried_over(shop, sdk, sandbox):
    payout = paid(shop, sdk)
    first = sdk.v1.balance_transactions.list({"type": "charge"}).data[0].source
    sandbox.control("refund", {"charge": first})
    shop.advance(days=3)
    assert payouts(sdk) == [payout]
    assert available(sdk) == -1500
    shop.give(amount=5000)
    shop.advance(days=4)
    second = payouts(sdk)[1]
    assert second.amount == 5000 - 175 - 1500
    assert {line.type for line in lines(sdk, second)} == {"payout", "charge", "refund"}


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        ({"interval": "weekly", "weekly_anchor": "friday"}, {4}),
        ({"interval": "monthly", "monthly_anchor": 31}, {30, 31, 28, 29}),
    ],
)
def test_a_payout_is_made_on_its_day_of_the_week_or_month(shop, sdk, sandbox, terms, days):
    sandbox.control("settings", {"payouts": terms})
    shop.give()
    shop.advance(days=40)
    [payout] = payouts(sdk)
    made = day_of(payout.created)
    assert (made.weekday() if terms["interval"] == "weekly" else made.day) in days
    if terms["interval"] == "monthly":
        assert day_of(payout.created + DAY).day == 1


def day_of(moment):
    return datetime.fromtimestamp(moment, UTC)


def test_on_a_manual_schedule_money_waits_until_it_is_asked_for(shop, sdk, sandbox):
    sandbox.control("settings", {"payouts": {"interval": "manual"}})
    shop.give()
    shop.advance(days=5)
    assert payouts(sdk) == []
    assert available(sdk) == 1426
    sandbox.control("settings", {"payouts": {"interval": "daily"}})
    shop.advance(days=3)
    assert [payout.amount for payout in payouts(sdk)] == [1426]


def test_charges_are_held_as_long_as_the_account_says(shop, sdk, sandbox):
    sandbox.control("settings", {"payouts": {"delay_days": 7}})
    gift = shop.give()
    line = shop.charge(gift).balance_transaction
    assert line.available_on == line.created - line.created % DAY + 7 * DAY


class TestByHand:
    @pytest.fixture(autouse=True)
    def money(self, shop, sandbox):
        sandbox.control("settings", {"payouts": {"interval": "manual"}})
        shop.give(card="4000000000000077")

    def test_a_payout_can_be_asked_for(self, shop, sdk, sandbox, http):
        payout = sdk.v1.payouts.create(
            {
                "amount": 1000,
                "currency": "usd",
                "description": "Rent",
                "statement_descriptor": "MOSCOW TIMES",
                "metadata": {"why": "rent"},
            }
        )
        assert (payout.status, payout.automatic, payout.amount) == ("pending", False, 1000)
        assert (payout.description, payout.statement_descriptor) == ("Rent", "MOSCOW TIMES")
        assert payout.reconciliation_status == "not_applicable"
        assert available(sdk) == 426
        shop.advance(days=2)
        assert sdk.v1.payouts.retrieve(payout.id).status == "paid"
        assert "payout.reconciliation_completed" not in shop.happened()
        updated = sdk.v1.payouts.update(payout.id, {"metadata": {"why": ""}})
        assert updated.metadata.to_dict() == {}
        clean(sdk, sandbox, http)

    def test_its_lines_cannot_be_told(self, sdk):
        payout = sdk.v1.payouts.create({"amount": 1000, "currency": "usd"})
        with pytest.raises(stripe.InvalidRequestError, match="only be filtered on automatic"):
            sdk.v1.balance_transactions.list({"payout": payout.id})

    def test_no_more_is_paid_out_than_there_is(self, sdk):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            sdk.v1.payouts.create({"amount": 1427, "currency": "usd"})
        assert refusal.value.code == "balance_insufficient"

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"amount": 0, "currency": "usd"}, "greater than or equal to 1"),
            ({"amount": 5, "currency": "gbp"}, "any external accounts in that currency"),
            ({"amount": 5, "currency": "usd", "destination": "ba_x"}, "No such external account"),
            ({"amount": 5, "currency": "usd", "source_type": "fpx"}, "fpx balance is too low"),
            ({"amount": 5, "currency": "usd", "statement_descriptor": "M" * 23}, "at most 22"),
            ({"amount": 5, "currency": "usd", "payout_method": "x"}, "no effect"),
        ],
    )
    def test_what_cannot_be_paid_out_is_refused(self, sdk, given, says):
        with pytest.raises(stripe.InvalidRequestError, match=says):
            sdk.v1.payouts.create(given)

    def test_an_instant_payout_may_take_what_is_pending_and_costs_a_fee(self, shop, sdk):
        shop.give(amount=10_000)
        payout = sdk.v1.payouts.create({"amount": 2000, "currency": "usd", "method": "instant"})
        line = sdk.v1.balance_transactions.retrieve(payout.balance_transaction)
        assert (line.amount, line.fee, line.net) == (-2000, 30, -2030)
        shop.advance(seconds=1800)
        assert sdk.v1.payouts.retrieve(payout.id).status == "paid"

    def test_a_pending_payout_can_be_called_back(self, shop, sdk, sandbox, http):
        payout = sdk.v1.payouts.create({"amount": 1000, "currency": "usd"})
        canceled = sdk.v1.payouts.cancel(payout.id)
        assert canceled.status == "canceled"
        returned = sdk.v1.balance_transactions.retrieve(canceled.failure_balance_transaction)
        assert (returned.type, returned.net) == ("payout_cancel", 1000)
        assert returned.reporting_category == "payout_reversal"
        assert available(sdk) == 1426
        assert shop.happened()[-1] == "payout.canceled"
        shop.advance(days=3)
        assert sdk.v1.payouts.retrieve(payout.id).status == "canceled"
        with pytest.raises(stripe.InvalidRequestError, match="while they are pending"):
            sdk.v1.payouts.cancel(payout.id)
        clean(sdk, sandbox, http)

    def test_what_was_called_back_leaves_no_trace_in_an_automatic_payout(self, shop, sdk, sandbox):
        sdk.v1.payouts.cancel(sdk.v1.payouts.create({"amount": 900, "currency": "usd"}).id)
        sandbox.control("settings", {"payouts": {"interval": "daily"}})
        shop.advance(days=3)
        [automatic] = payouts(sdk, status="paid")
        inside = lines(sdk, automatic)
        assert sum(line.net for line in inside if line.type != "payout") == automatic.amount == 1426

    def test_a_payout_by_hand_is_part_of_the_next_automatic_one(self, shop, sdk, sandbox):
        sdk.v1.payouts.create({"amount": 1000, "currency": "usd"})
        sandbox.control("settings", {"payouts": {"interval": "daily"}})
        shop.advance(days=3)
        automatic = payouts(sdk)[1]
        inside = lines(sdk, automatic)
        others = [line.net for line in inside if line.source != automatic.id]
        assert sum(others) == automatic.amount == 426

    def test_a_payout_of_ones_own_account_cannot_be_reversed(self, shop, sdk):
        payout = sdk.v1.payouts.create({"amount": 1000, "currency": "usd"})
        shop.advance(days=2)
        with pytest.raises(stripe.InvalidRequestError, match="connected accounts"):
            sdk.v1.payouts.reverse(payout.id)

    def test_payouts_are_found_by_status_arrival_and_account(self, shop, sdk):
        first = sdk.v1.payouts.create({"amount": 100, "currency": "usd"})
        shop.advance(days=2)
        second = sdk.v1.payouts.create({"amount": 200, "currency": "usd"})
        assert payouts(sdk, status="pending") == [second]
        assert payouts(sdk, arrival_date={"lte": first.arrival_date})[0].id == first.id
        assert len(payouts(sdk, destination=first.destination)) == 2
        assert payouts(sdk, destination="ba_other") == []
        assert payouts(sdk, created={"gt": first.created}) == [second]


def test_an_automatic_payout_cannot_be_called_back(shop, sdk, sandbox):
    shop.give(card="4000000000000077")
    [made] = sandbox.control("payout")["payouts"]
    with pytest.raises(stripe.InvalidRequestError, match="can't cancel automatic"):
        sdk.v1.payouts.cancel(made["id"])


def test_a_paid_payout_may_fail_and_its_money_is_paid_out_again(shop, sdk, sandbox, http):
    payout = paid(shop, sdk)
    sandbox.control("payout_fail", {"payout": payout.id, "code": "no_account"})
    failed = sdk.v1.payouts.retrieve(payout.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_code) == ("failed", "no_account")
    assert failed.failure_message == FAILURES["no_account"]
    assert failed.trace_id.status == "unsupported"
    returned = failed.failure_balance_transaction
    assert (returned.type, returned.net, returned.source) == ("payout_failure", 1426, payout.id)
    assert available(sdk) == 1426
    assert sandbox.control("state")["paid_out"] == {"usd": 0}
    assert shop.happened()[-1] == "payout.failed"
    shop.advance(days=3)
    again = payouts(sdk)[1]
    assert (again.amount, again.status) == (1426, "paid")
    inside = [line.type for line in lines(sdk, again)]
    assert inside == ["payout", "payout_failure"]
    clean(sdk, sandbox, http)


def test_a_failure_can_be_ordered_before_the_payout_is_made(shop, sdk, sandbox):
    sandbox.control("payout_fail", {"code": "declined"})
    payout = paid(shop, sdk)
    assert (payout.status, payout.failure_code) == ("failed", "declined")
    told = [name for name in shop.happened() if name.startswith("payout.")]
    assert told[-2:] == ["payout.paid", "payout.failed"]
    shop.advance(days=3)
    assert payouts(sdk)[1].status == "paid"


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("payout", {}),
        ("payout_fail", {"payout": "po_nobody"}),
        ("payout_fail", {"code": "bad_weather"}),
    ],
)
def test_an_order_for_a_payout_that_cannot_be_says_why(sandbox, http, order, wanted):
    answer = http.post(f"{sandbox.base_url}/_control/{order}", json=wanted)
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]["message"]


def test_a_failed_payout_cannot_fail_again(shop, sdk, sandbox, http):
    payout = paid(shop, sdk)
    for status in (200, 400):
        answer = http.post(f"{sandbox.base_url}/_control/payout_fail", json={"payout": payout.id})
        assert answer.status_code == status


def test_what_is_on_its_way_survives_a_restart(tmp_path):
    first = Sandbox(port=0, background_delivery=False, data_file=tmp_path / "state")
    books.record(
        first.world,
        books.Movement(kind="charge", amount=1000, currency="usd", source=None),
    )
    first.control("payout_fail", {"code": "declined"})
    first.start()
    first.stop()
    again = Sandbox(port=0, background_delivery=False, data_file=tmp_path / "state")
    again.start()
    again.control("advance", {"days": 4})
    [payout] = again.world.store.all("payout")
    assert (payout["amount"], payout["failure_code"]) == (1000, "declined")
    assert again.control("state")["balance"]["available"] == {"usd": 1000}
    again.stop()


def test_the_balance_belongs_to_the_account_and_to_no_test_clock(shop, sdk, sandbox):
    now = sandbox.world.clock.now()
    made = sdk.v1.test_helpers.test_clocks.create({"frozen_time": now + 400 * DAY})
    held = sandbox.world.store.find("test_helpers.test_clock", made.id)
    with sandbox.world.clock.at(held):
        movement = books.Movement(kind="charge", amount=1000, currency="usd", source=None)
        line = books.record(sandbox.world, movement)
    assert line["created"] < now + DAY
    shop.advance(days=4)
    assert [payout.amount for payout in payouts(sdk)] == [1000]

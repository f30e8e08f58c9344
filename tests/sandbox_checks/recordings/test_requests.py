"""What Stripe itself was recorded to do with requests it refuses, asked of the sandbox."""

from __future__ import annotations

from sandbox_checks.recordings.asking import refusal


def test_what_is_not_there_is_named_without_a_full_stop(sdk):
    refused = refusal(sdk.v1.customers.retrieve, "cus_nope")
    assert (refused.http_status, refused.code) == (404, "resource_missing")
    assert refused.user_message == "No such customer: 'cus_nope'"


def test_a_cursor_that_is_not_there_is_a_bad_request(sdk):
    refused = refusal(sdk.v1.customers.list, {"starting_after": "cus_nope"})
    assert (refused.http_status, refused.code) == (400, "resource_missing")


def test_an_unknown_parameter_is_named_without_a_full_stop(sdk):
    refused = refusal(sdk.v1.customers.create, {"colour": "red"})
    assert refused.code == "parameter_unknown"
    assert refused.user_message == "Received unknown parameter: colour"


def test_a_key_used_for_something_else_names_the_key(sdk):
    sdk.v1.customers.create({"name": "A"}, {"idempotency_key": "one"})
    refused = refusal(sdk.v1.customers.create, {"name": "B"}, {"idempotency_key": "one"})
    assert refused.http_status == 400
    assert refused.user_message == (
        "Keys for idempotent requests can only be used with the same parameters they were first "
        "used with. Try using a key other than 'one' if you meant to execute a different request."
    )


def test_a_movement_that_is_not_there_has_a_space_in_its_name(sdk):
    refused = refusal(sdk.v1.balance_transactions.retrieve, "txn_nope")
    assert refused.user_message == "No such balance transaction: 'txn_nope'"
    assert refused.param == "id"


def test_a_kind_of_movement_nobody_knows_lists_nothing(sdk):
    assert sdk.v1.balance_transactions.list({"type": "bogus"}).data == []


def test_a_payout_of_nothing_is_refused(sdk):
    refused = refusal(sdk.v1.payouts.create, {"amount": 0, "currency": "usd"})
    assert refused.user_message == "This value must be greater than or equal to 1."


def test_a_payout_in_a_currency_nobody_paid_in_has_no_account(sdk):
    refused = refusal(sdk.v1.payouts.create, {"amount": 100, "currency": "nok"})
    assert refused.user_message.startswith("Sorry, you don't have any external accounts")

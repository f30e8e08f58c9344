from __future__ import annotations

from donations.sandbox.annotations.shaping import problems_of, shaped


def test_every_declared_field_is_there():
    charge = shaped("charge", {"id": "ch_1", "amount": 500})
    assert (charge["amount"], charge["failure_code"], charge["refunded"]) == (500, None, False)


def test_lists_that_stripe_includes_only_when_asked_are_left_out():
    assert "refunds" not in shaped("charge", {})
    assert "line_items" not in shaped("checkout.session", {})


def test_the_objects_of_other_types_stay_absent_beside_a_type():
    method = shaped("payment_method", {"type": "card", "card": {"last4": "4242"}})
    assert method["card"]["last4"] == "4242"
    assert "sepa_debit" not in method
    price = shaped("price", {"type": "one_time"})
    assert (price["custom_unit_amount"], price["transform_quantity"]) == (None, None)


def test_the_sandboxes_own_keys_are_carried_along():
    assert shaped("charge", {"_late": True})["_late"] is True


def test_an_unknown_a_missing_and_a_wrong_field_are_found():
    refund = shaped("refund", {"id": "re_1", "amount": 5, "currency": "usd"})
    assert problems_of(refund) == []
    del refund["amount"]
    wrong = problems_of(refund | {"colour": "red", "currency": 7})
    assert {(each.param, each.trouble) for each in wrong} == {
        ("amount", "missing"),
        ("colour", "unknown"),
        ("currency", "shape"),
    }


def test_a_status_stripe_does_not_have_is_found():
    dispute = shaped("dispute", {"id": "dp_1", "status": "angry"})
    assert [each.param for each in problems_of(dispute)] == ["status"]


def test_what_stripe_never_answers_as_null_is_left_out():
    card = {"type": "card", "card": {"type": "refund", "reference": None}}
    refund = shaped("refund", {"failure_reason": None, "destination_details": card})
    assert "failure_reason" not in refund
    assert "reference" not in refund["destination_details"]["card"]
    assert refund["receipt_number"] is None


def test_what_has_a_value_is_there_whether_or_not_it_could_be_absent():
    assert shaped("refund", {"failure_reason": "declined"})["failure_reason"] == "declined"


def test_what_is_left_of_a_deleted_object_lacks_nothing():
    stub = {"id": "cus_1", "object": "customer", "deleted": True}
    assert problems_of(stub) == []
    assert [each.param for each in problems_of(stub | {"colour": "red"})] == ["colour"]
    assert problems_of(stub | {"deleted": False})

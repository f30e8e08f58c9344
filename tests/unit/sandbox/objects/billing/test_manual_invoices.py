from __future__ import annotations

import pytest
import stripe

DAY = 86_400

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def owner(members):
    return members.customer()


def owe(sdk, owner, amount=2000, **more):
    given = {"customer": owner.id, "amount": amount, "currency": "usd", "description": "A book"}
    return sdk.v1.invoice_items.create(given | more)


def drafted(sdk, owner, **more):
    return sdk.v1.invoices.create(
        {"customer": owner.id, "pending_invoice_items_behavior": "include", **more}
    )


def test_a_draft_takes_what_is_pending_only_if_asked(sdk, owner):
    item = owe(sdk, owner)
    assert sdk.v1.invoices.create({"customer": owner.id}).total == 0
    draft = drafted(sdk, owner, description="Thanks", metadata={"a": "1"})
    assert (draft.status, draft.total, draft.billing_reason) == ("draft", 2000, "manual")
    assert (draft.parent, draft.number, draft.auto_advance) == (None, None, False)
    [line] = draft.lines.data
    assert line.parent.invoice_item_details.invoice_item == item.id
    assert sdk.v1.invoice_items.retrieve(item.id).invoice == draft.id
    assert [each.id for each in sdk.v1.invoices.line_items.list(draft.id).data] == [line.id]


def test_a_draft_is_finalised_and_paid(shop, sdk, owner):
    owe(sdk, owner)
    opened = sdk.v1.invoices.finalize_invoice(drafted(sdk, owner).id)
    assert (opened.status, opened.amount_due, opened.attempt_count) == ("open", 2000, 0)
    assert opened.number.endswith("-0001")
    paid = sdk.v1.invoices.pay(opened.id, {"expand": ["payments"]})
    assert paid.status == "paid"
    assert paid.payments.data[0].status == "paid"
    with pytest.raises(stripe.InvalidRequestError, match="already finalized"):
        sdk.v1.invoices.finalize_invoice(opened.id)


def test_a_draft_that_advances_by_itself_is_paid_an_hour_later(members, sdk, owner):
    owe(sdk, owner)
    draft = drafted(sdk, owner, auto_advance=True)
    assert draft.automatically_finalizes_at == members.now() + 3600
    members.advance(seconds=3599)
    assert sdk.v1.invoices.retrieve(draft.id).status == "draft"
    members.advance(seconds=1)
    assert sdk.v1.invoices.retrieve(draft.id).status == "paid"


def test_an_invoice_to_be_sent_is_mailed_and_can_be_paid_off_stripe(shop, members, sdk, owner):
    owe(sdk, owner)
    draft = drafted(sdk, owner, collection_method="send_invoice", days_until_due=14)
    sent = sdk.v1.invoices.send_invoice(draft.id)
    assert (sent.status, sent.due_date) == ("open", members.now() + 14 * DAY)
    assert shop.happened()[-1] == "invoice.sent"
    paid = sdk.v1.invoices.pay(sent.id, {"paid_out_of_band": True})
    assert (paid.status, paid.amount_paid_off_stripe) == ("paid", 2000)
    assert sdk.v1.charges.list().data == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"days_until_due": 3},
        {"due_date": 2_000_000_000},
        {"discounts": [{"coupon": "x"}]},
        {"payment_settings": {"default_mandate": "mandate_1"}},
    ],
)
def test_what_would_have_no_effect_is_refused(sdk, owner, wrong):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        drafted(sdk, owner, **wrong)
    assert refusal.value.param == next(iter(wrong))


def test_a_draft_can_be_changed_and_thrown_away_and_its_items_wait_again(shop, sdk, owner):
    item = owe(sdk, owner)
    draft = drafted(sdk, owner)
    changed = sdk.v1.invoices.update(draft.id, {"description": "Books", "footer": "Thank you"})
    assert (changed.description, changed.footer) == ("Books", "Thank you")
    assert sdk.v1.invoices.delete(draft.id).deleted is True
    assert sdk.v1.invoice_items.retrieve(item.id).invoice is None
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.invoices.retrieve(draft.id)


def test_a_finalised_invoice_keeps_its_words_and_cannot_be_deleted(sdk, owner):
    owe(sdk, owner)
    opened = sdk.v1.invoices.finalize_invoice(drafted(sdk, owner).id)
    with pytest.raises(stripe.InvalidRequestError, match="no longer editable"):
        sdk.v1.invoices.update(opened.id, {"description": "Books"})
    assert sdk.v1.invoices.update(opened.id, {"metadata": {"a": "1"}}).metadata.a == "1"
    with pytest.raises(stripe.InvalidRequestError, match="draft"):
        sdk.v1.invoices.delete(opened.id)


def test_an_open_invoice_can_be_written_off_and_still_be_paid(sdk, owner):
    owe(sdk, owner)
    opened = sdk.v1.invoices.finalize_invoice(drafted(sdk, owner).id)
    written = sdk.v1.invoices.mark_uncollectible(opened.id)
    assert (written.status, written.status_details.uncollectible.reason) == (
        "uncollectible",
        "user_forgiven",
    )
    assert sdk.v1.invoices.pay(opened.id).status == "paid"
    with pytest.raises(stripe.InvalidRequestError, match="uncollectible"):
        sdk.v1.invoices.mark_uncollectible(opened.id)


def test_an_invoice_of_nothing_is_paid_when_it_is_finalised(sdk, owner):
    empty = sdk.v1.invoices.finalize_invoice(sdk.v1.invoices.create({"customer": owner.id}).id)
    assert (empty.status, empty.amount_paid, empty.attempt_count) == ("paid", 0, 0)


def test_invoices_are_found_by_customer_status_and_subscription(members, sdk, owner):
    begun = members.begin(customer=owner)
    owe(sdk, owner)
    draft = drafted(sdk, owner)
    assert [each.id for each in sdk.v1.invoices.list({"status": "draft"}).data] == [draft.id]
    assert len(sdk.v1.invoices.list({"customer": owner.id}).data) == 2
    [first] = sdk.v1.invoices.list({"subscription": begun.id}).data
    assert first.id == begun.latest_invoice
    assert sdk.v1.invoices.list({"due_date": {"gt": 1}}).data == []
    assert sdk.v1.invoices.list({"customer": "cus_none"}).data == []


def test_credit_notes_are_not_there(sdk, owner):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sdk.v1.credit_notes.list()
    assert refusal.value.http_status == 404

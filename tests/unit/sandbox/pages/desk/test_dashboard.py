from __future__ import annotations


def test_the_dashboard_shows_money_objects_and_deliveries(shop, sandbox, endpoint, http):
    shop.give()
    shop.join(card="4000000000000259")
    sandbox.flush()
    page = http.get(sandbox.base_url + "/").text
    for words in ("SANDBOX", "$15.00", "needs response", "checkout.session.completed", "1× 200"):
        assert words in page
    assert "<script" not in page


def test_an_empty_dashboard_says_where_to_begin(sandbox, http):
    assert "No payment yet" in http.get(sandbox.base_url + "/").text


def press(http, sandbox, name, **fields):
    return http.post(f"{sandbox.base_url}/dashboard/{name}", data=fields)


def test_its_buttons_do_what_they_say(shop, sandbox, http, sdk):
    session = shop.give()
    press(http, sandbox, "refund", charge=shop.charge(session).id)
    assert shop.charge(session).refunded is True
    delayed = shop.give(method="sepa_debit")
    press(http, sandbox, "async_payment", payment_intent=delayed.payment_intent, outcome="failed")
    assert sdk.v1.payment_intents.retrieve(delayed.payment_intent).status != "processing"
    joined = shop.join()
    press(http, sandbox, "dispute", payment_intent=shop.give().payment_intent)
    [dispute] = sdk.v1.disputes.list().data
    press(http, sandbox, "dispute_close", dispute=dispute.id, won="true")
    assert sdk.v1.disputes.retrieve(dispute.id).status == "won"
    press(http, sandbox, "advance", months="1")
    assert len(shop.invoices(joined)) == 2


def test_a_button_that_cannot_work_says_why(sandbox, http):
    page = press(http, sandbox, "advance", until_next_renewal="true")
    assert "No subscription will renew." in page.text


def test_there_are_no_buttons_but_these(sandbox, http):
    assert press(http, sandbox, "stripe_fee", amount="9").status_code == 404


def test_receipts_and_invoices_can_be_opened(shop, sandbox, http):
    joined = shop.join()
    [invoice] = shop.invoices(joined)
    assert invoice.number in http.get(invoice.hosted_invoice_url).text
    assert "$15.00" in http.get(shop.charge(shop.give()).receipt_url).text
    assert http.get(f"{sandbox.base_url}/receipts/ch_nobody").status_code == 404


def test_money_can_be_paid_out_and_sent_back_from_the_dashboard(shop, sandbox, http, sdk):
    shop.give(card="4000000000000077")
    page = press(http, sandbox, "payout")
    assert "on its way to the bank" in page.text
    [payout] = sdk.v1.payouts.list().data
    assert f"/dashboard/objects/payout/{payout.id}" in page.text
    page = press(http, sandbox, "payout_fail", payout=payout.id, code="no_account")
    assert "has failed" in page.text
    assert sdk.v1.payouts.retrieve(payout.id).failure_code == "no_account"
    assert "Nothing is available" in press(http, sandbox, "payout", currency="eur").text


def test_half_of_a_payment_can_be_given_back(shop, sandbox, http):
    session = shop.give()
    press(http, sandbox, "refund", charge=shop.charge(session).id, half="true")
    assert shop.charge(session).amount_refunded == 750


def test_an_event_can_be_sent_again(shop, sandbox, http, endpoint):
    shop.give()
    sandbox.flush()
    first = endpoint.events[0]
    before = len(endpoint.events)
    page = press(http, sandbox, "resend", event=first.id, back=f"event/{first.id}")
    assert page.url.startswith(f"{sandbox.base_url}/dashboard/objects/event/{first.id}")
    assert "sent again" in page.text
    sandbox.flush()
    assert [event.id for event in endpoint.events[before:]] == [first.id]


def test_a_button_leads_back_only_to_pages_of_the_dashboard(shop, sandbox, http):
    for back in ("//elsewhere.test/x", "https://elsewhere.test", "event"):
        answer = http.post(
            f"{sandbox.base_url}/dashboard/flush", data={"back": back}, allow_redirects=False
        )
        assert answer.headers["Location"].startswith("/")
        assert not answer.headers["Location"].startswith("//")


def test_a_receipt_shows_what_was_given_back(shop, sandbox, http):
    session = shop.give()
    press(http, sandbox, "refund", charge=shop.charge(session).id, half="true")
    assert "-$7.50" in http.get(shop.charge(session).receipt_url).text

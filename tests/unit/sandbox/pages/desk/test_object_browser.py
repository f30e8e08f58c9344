from __future__ import annotations


def read(http, sandbox, path):
    answer = http.get(f"{sandbox.base_url}/dashboard/objects/{path}")
    assert answer.status_code == 200
    return answer.text


def test_every_object_can_be_looked_at(shop, sandbox, http):
    shop.join(card="4000000000000259")
    shop.give(card="4000000000007726")
    shop.advance(days=9)
    world = sandbox.world
    for kind, table in list(world.store.tables.items()):
        assert http.get(f"{sandbox.base_url}/dashboard/objects/{kind}").status_code == 200, kind
        for identifier in list(table)[:2]:
            assert identifier in read(http, sandbox, f"{kind}/{identifier}")


def test_objects_of_a_kind_are_shown_page_by_page(shop, sandbox, http):
    for number in range(30):
        shop.sdk.v1.customers.create({"name": f"Reader {number}"})
    first = read(http, sandbox, "customer")
    assert "1–25 of 30" in first
    assert "Reader 29" in first
    assert "Reader 0" not in first
    assert 'href="?from=25"' in first
    second = read(http, sandbox, "customer?from=25")
    assert "26–30 of 30" in second
    assert "Reader 0" in second
    assert 'href="?from=0"' in second


def test_ids_in_an_object_lead_to_what_they_name(shop, sandbox, http):
    charge = shop.charge(shop.give())
    page = read(http, sandbox, f"charge/{charge.id}")
    assert f'<a href="/dashboard/objects/payment_intent/{charge.payment_intent}">' in page
    assert "&#34;amount&#34;: 1500" in page


def test_what_an_object_holds_is_never_taken_for_a_page(shop, sandbox, http):
    made = shop.sdk.v1.customers.create({"name": "<b>Jenny</b>"})
    page = read(http, sandbox, f"customer/{made.id}")
    assert "<b>Jenny" not in page
    assert "&lt;b&gt;Jenny" in page


def test_an_object_shows_the_events_about_it_and_how_they_were_taken(shop, sandbox, http, endpoint):
    endpoint.answers = [500]
    charge = shop.charge(shop.give())
    sandbox.flush()
    page = read(http, sandbox, f"charge/{charge.id}")
    assert "charge.succeeded" in page
    assert "1× 200" in page
    assert "Send again" in page
    refused = next(iter(sandbox.world.store.tables["event"]))
    assert "1× 500" in read(http, sandbox, f"event/{refused}")


def test_an_object_offers_what_can_be_done_about_it(shop, sandbox, http, sdk):
    charge = shop.charge(shop.give(card="4000000000001976"))
    [inquiry] = sdk.v1.disputes.list().data
    assert "Escalate" in read(http, sandbox, f"dispute/{inquiry.id}")
    assert "Warn of fraud" in read(http, sandbox, f"charge/{charge.id}")
    http.post(
        f"{sandbox.base_url}/dashboard/dispute_escalate",
        data={"dispute": inquiry.id, "back": f"dispute/{inquiry.id}"},
    )
    page = read(http, sandbox, f"dispute/{inquiry.id}")
    assert "Win" in page
    assert "Escalate" not in page


def test_there_is_no_page_of_what_there_is_not(sandbox, http):
    for path in ("unicorn", "charge/ch_nobody"):
        assert http.get(f"{sandbox.base_url}/dashboard/objects/{path}").status_code == 404

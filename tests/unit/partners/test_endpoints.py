import pytest
from sqlalchemy import select

from donations.kernel.errors import FieldRefused, NotFound
from donations.partners.endpoints import (
    add_endpoint,
    endpoint_named,
    every_endpoint,
    listeners,
    switch,
    target,
)
from donations.partners.kinds import Told
from donations.partners.models import PartnerEndpoint
from donations.partners.outward import Outward

URL = "https://hook.example/secret-path?token=abc"


@pytest.fixture
def add(session, master, clock):
    def one(url=URL, label="CMS", kinds=("gift.paid",)):
        return add_endpoint(
            session,
            master,
            Outward(),
            url=url,
            label=label,
            kinds=list(kinds),
            by="admin",
            now=clock.now(),
        )

    return one


def test_address_and_secret_are_sealed_and_the_host_is_shown(session, master, add):
    row, secret = add()
    assert target(master, row) == (URL, secret)
    assert row.host == "hook.example"
    kept = b"".join((row.url_sealed, row.secret_sealed))
    assert b"secret-path" not in kept and secret.encode() not in kept


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"url": "http://hook.example/"}, "url", "not_https"),
        ({"url": "https://10.0.0.1/"}, "url", "private"),
        ({"url": "hook"}, "url", "not_https"),
        ({"label": ""}, "label", "empty"),
        ({"label": "a" * 81}, "label", "too_long"),
        ({"kinds": ()}, "kinds", "unknown"),
        ({"kinds": ("gift.paid", "gift.lost")}, "kinds", "unknown"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused_at_its_field(session, add, change, field, reason):
    with pytest.raises(FieldRefused) as refused:
        add(**change)
    assert refused.value.field == field
    assert session.scalars(select(PartnerEndpoint)).all() == []
    if reason != "not_https" or change["url"] != "hook":
        assert refused.value.reason == reason


def test_who_is_told_of_a_kind_is_on_and_wants_it(session, add, clock):
    paid, _ = add()
    other, _ = add(kinds=("membership.joined",), label="A list")
    assert [one.id for one in listeners(session, Told.PAID)] == [paid.id]
    switch(session, paid.public_id, "off", now=clock.now())
    assert listeners(session, Told.PAID) == []
    assert [one.id for one in every_endpoint(session)] == [other.id, paid.id]
    with pytest.raises(NotFound):
        switch(session, "nobody", "on", now=clock.now())
    with pytest.raises(NotFound):
        endpoint_named(session, "nobody")

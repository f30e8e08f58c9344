import pytest
from sqlalchemy import select

from donations.supporters.directory import find_by_email, identity, recognise
from donations.supporters.models import StripeCustomer, Supporter
from donations.vault.sealed import Forgotten, destroy_data_key


@pytest.fixture
def meet(session, master, clock):
    def one(email="reader@example.org", name="Vera Reader", customer="cus_1", language="en"):
        return recognise(
            session,
            master,
            email=email,
            name=name,
            customer=customer,
            language=language,
            now=clock.now(),
        )

    return one


def test_one_mailbox_is_one_supporter_however_it_is_spelt(session, master, meet):
    first = meet()
    assert meet(email=" READER@Example.org ", customer="cus_2") is first
    assert find_by_email(session, master, "Reader@example.ORG") is first
    assert len(session.scalars(select(StripeCustomer)).all()) == 2


def test_a_known_customer_is_the_same_person_even_with_another_mailbox(session, master, meet):
    first = meet()
    assert meet(email="new@example.org") is first
    assert identity(session, master, first).email == "reader@example.org"


def test_a_customer_nobody_has_yet_and_no_mailbox_is_nobody(session, meet):
    assert meet(email=None) is None
    assert meet(email="") is None
    assert session.scalars(select(Supporter)).all() == []


def test_a_mailbox_without_a_customer_is_enough(session, meet):
    assert meet(customer=None) is not None
    assert session.scalars(select(StripeCustomer)).all() == []


def test_a_later_payment_adds_a_name_but_never_replaces_one(session, master, meet):
    supporter = meet(name=None)
    assert identity(session, master, supporter).name is None
    meet(name="Vera Reader")
    meet(name="Somebody Else")
    assert identity(session, master, supporter).name == "Vera Reader"


def test_a_language_chosen_first_is_kept(meet):
    assert meet(language="ru") is meet(language="en")
    assert meet().language == "ru"


def test_the_row_shows_neither_mailbox_nor_name_nor_customer(session, meet):
    row = meet()
    session.commit()
    kept = (row.email_sealed, row.email_index, row.name_sealed)
    [customer] = session.scalars(select(StripeCustomer)).all()
    for value in (*kept, customer.customer_sealed, customer.customer_index):
        for word in (b"reader", b"example", b"Vera", b"cus_"):
            assert word not in value


def test_an_identity_whose_key_is_destroyed_opens_for_nobody(session, master, meet, clock):
    supporter = meet()
    destroy_data_key(session, supporter.data_key_id, clock.now())
    with pytest.raises(Forgotten):
        identity(session, master, supporter)

import pytest

from donations.vault.keys import MasterKey, normalised_email
from donations.vault.sealed import (
    Forgotten,
    Tampered,
    destroy_data_key,
    new_data_key,
    open_data_key,
    open_operational,
    seal_operational,
)

OTHER = MasterKey.from_text("/" * 43 + "=")


def test_what_is_sealed_opens_for_the_same_column_only(session, master, clock):
    key, envelope = new_data_key(session, master, clock.now())
    sealed = envelope.seal("supporter.email", "reader@example.org")
    assert b"reader" not in sealed
    again = open_data_key(session, master, key.id)
    assert again.open("supporter.email", sealed) == "reader@example.org"
    with pytest.raises(Tampered):
        again.open("supporter.name", sealed)


def test_an_altered_value_does_not_open(session, master, clock):
    _, envelope = new_data_key(session, master, clock.now())
    sealed = bytearray(envelope.seal("a.b", "x"))
    sealed[-1] ^= 1
    with pytest.raises(Tampered):
        envelope.open("a.b", bytes(sealed))


def test_one_persons_key_opens_nothing_of_another(session, master, clock):
    _, one = new_data_key(session, master, clock.now())
    _, other = new_data_key(session, master, clock.now())
    with pytest.raises(Tampered):
        other.open("a.b", one.seal("a.b", "x"))


def test_a_destroyed_key_is_forgotten_for_good(session, master, clock):
    key, _ = new_data_key(session, master, clock.now())
    destroy_data_key(session, key.id, clock.now())
    session.commit()
    with pytest.raises(Forgotten):
        open_data_key(session, master, key.id)


def test_another_master_key_opens_nothing(session, master, clock):
    key, _ = new_data_key(session, master, clock.now())
    with pytest.raises(Tampered):
        open_data_key(session, OTHER, key.id)
    with pytest.raises(Tampered):
        open_operational(OTHER, "a.b", seal_operational(master, "a.b", "x"))


def test_two_spellings_of_a_mailbox_have_one_index(master):
    one = master.index("email", normalised_email(" Reader@Example.org "))
    assert one == master.index("email", normalised_email("reader@example.org"))
    assert one != master.index("customer", "reader@example.org")
    assert one != OTHER.index("email", "reader@example.org")


def test_the_same_value_never_looks_the_same_twice(session, master, clock):
    _, envelope = new_data_key(session, master, clock.now())
    assert envelope.seal("a.b", "x") != envelope.seal("a.b", "x")


def test_a_key_does_not_show_itself(master):
    assert "MasterKey()" in repr(master)

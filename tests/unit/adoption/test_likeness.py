import pytest
from sqlalchemy import func, select

from donations.adoption.likeness import AT_ONCE, Like, alike, bare_mailbox, plain_name, refresh
from donations.adoption.models import Likeness
from donations.dossiers.erasing import forget
from donations.kernel.database import begin_write
from donations.supporters.directory import recognise
from donations.supporters.models import Supporter


@pytest.mark.parametrize("name", ["Vera Reader", "READER, Véra", "  vera   reader ", "Reader Vera"])
def test_spellings_of_one_name_are_one(name):
    assert plain_name(name) == "reader vera"


@pytest.mark.parametrize("name", ["", "Vera", "-", "Вера"])
def test_one_word_tells_nobody_apart(name):
    assert plain_name(name) == ""


def test_names_in_other_letters_count_too():
    assert plain_name("Вера Читатель") == plain_name("ЧИТАТЕЛЬ Вера") == "вера читатель"


@pytest.mark.parametrize(
    "email", ["vera.reader@x.example", "VERA.READER+paper@x.example", "ver.areader@X.example"]
)
def test_dots_and_what_follows_a_plus_make_no_other_mailbox(email):
    assert bare_mailbox(email) == "verareader@x.example"


def test_a_provider_under_two_names_is_one():
    assert bare_mailbox("v.r@googlemail.com") == bare_mailbox("vr@gmail.com")


def test_a_mailbox_that_is_all_plus_keeps_its_name():
    assert bare_mailbox("+@x.example") == "+@x.example"


def refreshed(session, master, most=AT_ONCE):
    begin_write(session)
    made = refresh(session, master, most)
    session.commit()
    return made


def test_everybody_is_compared_once_and_again_when_name_or_mailbox_changed(
    session, master, meet, clock
):
    meet("one@x.example", None)
    meet("two@x.example", "Two Names")
    assert refreshed(session, master, most=1) == 1
    assert refreshed(session, master) == 1
    assert refreshed(session, master) == 0
    meet("one@x.example", "One Name")
    assert refreshed(session, master) == 1
    like = Like.of(master, "other@x.example", "name, one")
    first = session.scalar(select(func.min(Supporter.id)))
    assert alike(session, [like]) == {like.name: first}


def test_what_is_kept_tells_nothing_and_goes_when_they_are_forgotten(session, master, meet, clock):
    meet("vera@x.example", "Vera Reader")
    refreshed(session, master)
    row = session.scalars(select(Likeness)).one()
    assert {len(row.name_index), len(row.bare_index), len(row.of_email)} == {32}
    forget(session, row.supporter_id, now=clock.now())
    session.commit()
    assert session.scalars(select(Likeness)).all() == []
    assert refreshed(session, master) == 0


def test_of_several_who_are_alike_the_one_known_longest_is_named(session, master, clock):
    for number in (1, 2, 3):
        known = {"email": f"v{'.' * number}r@x.example", "name": None, "customer": None}
        recognise(session, master, **known, language="en", now=clock.now())
    session.commit()
    refreshed(session, master)
    like = Like.of(master, "vr+x@x.example", None)
    assert alike(session, [like]) == {like.bare: session.scalar(select(func.min(Supporter.id)))}

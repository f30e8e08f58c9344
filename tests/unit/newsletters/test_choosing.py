from datetime import timedelta

import pytest

from donations.kernel.errors import NotFound
from donations.newsletters.choosing import Wanted, choice, choose
from donations.newsletters.following_up import ask_for_link
from donations.newsletters.leaving import drop, leave_all, unsubscribe
from donations.newsletters.links import CHOOSING, LEAVING_ALL
from donations.vault.models import DataKey


def wanted(*newsletters, language="en"):
    return Wanted(newsletters, language, "Send me these")


def test_the_link_leads_to_everything_of_the_same_reader_and_to_nobody_elses(desk, session):
    [name] = desk.subscribe("weekly")
    desk.ask("morning")
    desk.subscribe("long-read", email="other@reader.example")
    stands = choice(session, name)
    assert (stands.held, stands.asked) == ({"weekly"}, {"morning"})


def test_a_box_ticked_there_counts_at_once_and_its_address_has_a_key_of_its_own(
    desk, session, master, clock
):
    [name] = desk.subscribe("weekly")
    stands = choose(session, master, name, wanted("weekly", "morning"), now=clock.now())
    assert stands.held == {"weekly", "morning"}
    first, second = desk.rows()
    assert first.data_key_id != second.data_key_id
    assert (second.consent, second.placement) == ("Send me these", "preferences")


def test_what_is_not_ticked_is_left_and_forgotten(desk, session, master, clock):
    names = desk.subscribe("weekly", "morning")
    choose(session, master, names[0], wanted("morning"), now=clock.now())
    assert desk.states() == {"weekly": "unsubscribed", "morning": "confirmed"}
    assert session.get_one(DataKey, desk.rows()[0].data_key_id).wrapped is None


def test_one_newsletter_can_be_changed_for_another(desk, session, master, clock):
    [name] = desk.subscribe("weekly")
    assert choose(session, master, name, wanted("morning"), now=clock.now()).held == {"morning"}
    assert choose(session, master, name, wanted("weekly"), now=clock.now()).held == {"weekly"}


def test_the_language_is_that_of_all(desk, session, master, clock):
    names = desk.subscribe("weekly", "morning")
    both = wanted("weekly", "morning", language="ru")
    choose(session, master, names[1], both, now=clock.now())
    assert {row.language for row in desk.rows()} == {"ru"}


def test_what_stays_ticked_stays_as_it_was_agreed_to(desk, session, master, clock):
    [name] = desk.subscribe("weekly")
    clock.advance(timedelta(days=1))
    choose(session, master, name, wanted("weekly", "morning"), now=clock.now())
    [kept] = desk.rows(newsletter="weekly")
    assert (kept.consent, kept.confirmed_at) == ("I agree", clock.now() - timedelta(days=1))


def test_what_only_waits_is_not_begun_by_saving_the_rest(desk, session, master, clock):
    [name] = desk.subscribe("weekly")
    desk.ask("morning")
    choose(session, master, name, wanted("weekly"), now=clock.now())
    assert desk.states() == {"weekly": "confirmed", "morning": "pending"}


def test_whoever_left_everything_must_give_the_address_anew(desk, session, master, clock):
    names = desk.subscribe("weekly", "morning")
    leave_all(session, names[0], clock.now())
    stands = choose(session, master, names[0], wanted("weekly"), now=clock.now())
    assert stands.held == frozenset()
    assert set(desk.states().values()) == {"unsubscribed"}


def test_leaving_all_ends_what_waits_too_and_nobody_elses(desk, session, clock):
    [name] = desk.subscribe("weekly")
    desk.ask("morning")
    desk.subscribe("weekly", email="other@reader.example")
    leave_all(session, name, clock.now())
    assert [row.state for row in desk.rows()] == ["unsubscribed", "unsubscribed", "confirmed"]


def test_an_address_that_complained_is_dropped_from_everything_by_its_index(
    desk, session, master, clock
):
    desk.subscribe("weekly", "morning")
    index = master.index("email", "weekly@reader.example")
    assert drop(session, index, clock.now()) == 2
    assert drop(session, index, clock.now()) == 0
    session.commit()
    assert set(desk.states().values()) == {"unsubscribed"}


def test_a_subscription_nobody_has_is_not_found(session, master, clock):
    for act in (choice, lambda *_: leave_all(session, "nobody", clock.now())):
        with pytest.raises(NotFound):
            act(session, "nobody")


def link_letters(worker, outbox):
    before = len(outbox.messages)
    worker.run_due()
    return outbox.messages[before:]


def test_the_link_comes_to_who_asks_for_it_once_a_day_and_three_times_a_month(
    app, desk, session, master, worker, outbox, clock
):
    desk.subscribe("weekly")
    link_letters(worker, outbox)
    sent = []
    for _ in range(10):
        for _ in range(2):
            ask_for_link(session, master, "Weekly@Reader.example", now=clock.now())
        sent.append(len(link_letters(worker, outbox)))
        clock.advance(timedelta(days=1))
    assert sent == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    clock.advance(timedelta(days=30))
    ask_for_link(session, master, "weekly@reader.example", now=clock.now())
    assert len(link_letters(worker, outbox)) == 1


def test_nothing_is_sent_to_an_address_that_nobody_confirmed(
    app, desk, session, master, worker, outbox, clock
):
    desk.ask("weekly")
    link_letters(worker, outbox)
    ask_for_link(session, master, "weekly@reader.example", now=clock.now())
    ask_for_link(session, master, "stranger@reader.example", now=clock.now())
    assert link_letters(worker, outbox) == []


def test_the_link_is_not_sent_to_whoever_left_meanwhile(
    app, desk, session, master, worker, outbox, clock
):
    names = desk.subscribe("weekly")
    link_letters(worker, outbox)
    ask_for_link(session, master, "weekly@reader.example", now=clock.now())
    unsubscribe(session, names, clock.now())
    assert link_letters(worker, outbox) == []


def test_the_links_are_good_for_their_own_purpose_only(app, house, desk):
    [name] = desk.subscribe("weekly")
    token = house.newsletter_links.choices("en", name).rpartition("/")[2]
    assert house.signer.read_lasting(CHOOSING, token) == name
    with pytest.raises(NotFound):
        house.signer.read_lasting(LEAVING_ALL, token)

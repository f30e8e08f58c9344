from __future__ import annotations

import time

from donations.sandbox.faults import Faults
from donations.sandbox.journal import Journal
from donations.sandbox.outbox import RETRY_AFTER_SECONDS, Outbox


def test_a_delayed_event_is_not_due_yet_but_a_flush_takes_it():
    outbox = Outbox()
    outbox.add("evt_1", Faults(delay=60))
    assert outbox.claim_due(reverse=False) is None
    assert [each.event for each in outbox.claim_all(reverse=False)] == ["evt_1"]


def test_one_delivery_is_claimed_once():
    outbox = Outbox()
    outbox.add("evt_1", Faults())
    assert outbox.claim_due(reverse=False)
    assert outbox.claim_due(reverse=False) is None


def test_a_failed_delivery_waits_longer_each_time_and_then_is_given_up():
    outbox = Outbox()
    outbox.add("evt_1", Faults())
    waits = []
    for _ in RETRY_AFTER_SECONDS:
        [delivery] = outbox.claim_all(reverse=False)
        outbox.settle(delivery, "500", accepted=False)
        waits.append(round(delivery.not_before - time.time()))
    assert waits == list(RETRY_AFTER_SECONDS)
    [delivery] = outbox.claim_all(reverse=False)
    outbox.settle(delivery, "500", accepted=False)
    assert (delivery.state, outbox.pending()) == ("failed", 0)


def test_what_was_being_sent_at_the_crash_is_owed_again():
    journal = Journal()
    journal.kept = True
    outbox = Outbox(journal)
    outbox.add("evt_1", Faults())
    outbox.claim_all(reverse=False)
    again = Outbox()
    again.restore({key: value for (_, key), value in journal.take().items()})
    assert again.pending() == 1
    assert again.claim_due(reverse=False).event == "evt_1"


def test_what_was_given_back_untried_is_due_as_before():
    outbox = Outbox()
    outbox.add("evt_1", Faults())
    delivery = outbox.claim_due(reverse=False)
    outbox.release(delivery)
    assert outbox.claim_due(reverse=False) is delivery


def test_an_event_can_be_owed_to_several_endpoints_and_once_more_to_one():
    outbox = Outbox()
    outbox.add("evt_1", Faults())
    outbox.add("evt_1", Faults(), "we_1")
    outbox.again("evt_1", "we_1")
    assert [each.endpoint for each in outbox.of_event("evt_1")] == ["", "we_1", "we_1"]


def test_each_nth_event_is_lost_when_ordered():
    outbox = Outbox()
    faults = Faults(drop_every=3)
    for number in range(6):
        outbox.add(f"evt_{number}", faults)
    assert [each.event for each in outbox.deliveries if each.state == "dropped"] == [
        "evt_2",
        "evt_5",
    ]

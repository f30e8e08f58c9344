from __future__ import annotations

import time

from donations.sandbox.faults import Faults
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
    outbox = Outbox()
    outbox.add("evt_1", Faults())
    outbox.claim_all(reverse=False)
    again = Outbox()
    again.restore(outbox.dump())
    assert again.pending() == 1
    assert again.claim_due(reverse=False).event == "evt_1"

import json
import logging

import pytest

from donations.jobs.carriers.celery_carrier import CeleryCarrier
from donations.jobs.carriers.lanes import BrokerAway, Lane

SECRET = "hunter2"


@pytest.fixture
def carrier():
    made = CeleryCarrier("memory://")
    yield made
    made.close()


def taken(carrier, lane):
    queue = carrier._queues[lane](carrier._connected().default_channel)
    messages = []
    while (message := queue.get(no_ack=True)) is not None:
        messages.append(message)
    return messages


def test_a_lane_holds_what_was_announced_in_it_and_nothing_else(carrier):
    taken(carrier, Lane.BULK)
    carrier.announce(Lane.BULK, [[1, 2], [3]])
    assert (carrier.waiting(Lane.BULK), carrier.waiting(Lane.PROMPT)) == (2, 0)
    told = [json.loads(message.body)[0] for message in taken(carrier, Lane.BULK)]
    assert told == [[[1, 2]], [[3]]]
    assert carrier.waiting(Lane.BULK) == 0


def test_a_message_is_json_with_numbers(carrier):
    carrier.announce(Lane.PROMPT, [[7]])
    (message,) = taken(carrier, Lane.PROMPT)
    assert message.content_type == "application/json"
    assert json.loads(message.body)[:2] == [[[7]], {}]
    assert carrier._app.conf.accept_content == ["json"]
    assert carrier._app.conf.task_acks_late
    assert carrier._app.conf.worker_prefetch_multiplier == 1
    assert carrier._app.conf.worker_enable_prefetch_count_reduction is False


def test_work_that_breaks_down_is_not_the_brokers_business(carrier):
    def break_down(_ids):
        raise ValueError("reader@example.org")

    carrier._run = break_down
    carrier._task([1])
    seen = []
    carrier._run = seen.extend
    carrier._task([1, 2])
    assert seen == [1, 2]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_is_away_is_told_in_our_words_without_its_address(scheme, caplog):
    carrier = CeleryCarrier(f"{scheme}://someone:{SECRET}@127.0.0.1:9/0")
    with caplog.at_level(logging.DEBUG), pytest.raises(BrokerAway) as caught:
        carrier.waiting(Lane.PROMPT)
    assert SECRET not in caplog.text + str(caught.value)
    with pytest.raises(BrokerAway):
        carrier.announce(Lane.PROMPT, [[1]])

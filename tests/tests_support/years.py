"""Years of somebody's support in minutes: one clock for the house and for Stripe, day by day."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from donations.kernel.clock import MovableClock
from donations.kernel.database import begin_write, db
from tests_support.live import Live


class Years:
    """A life of a membership; `letters` are those that came, each with its day."""

    def __init__(self, environment, outbox, stripe, step=3):
        self.stripe = stripe
        started = self.now_there()
        self.clock = MovableClock(started)
        self.live = Live(environment, outbox, stripe=stripe, clock=self.clock)
        self.started = started
        self.letters, self.step = [], step
        self.live.settle()

    def pass_days(self, days):
        """Let days pass, some at once, each time with the work they bring."""
        while days > 0:
            step = min(days, self.step)
            self.stripe.pass_days(step)
            self.work()
            days -= step

    def until(self, reached, most=400):
        """Let days pass until something has come about."""
        for _ in range(0, most, self.step):
            if reached():
                return
            self.pass_days(self.step)
        raise AssertionError(f"it did not come about: {[one[1] for one in self.letters[-5:]]}")

    def now_there(self):
        """What the clock at Stripe says; it ticks, so ours follows it and is never behind."""
        return datetime.fromtimestamp(self.stripe.sandbox.world.clock.now(), UTC)

    def work(self):
        """Do what is due, and what recurs."""
        self.clock.at = max(self.clock.at, self.now_there())
        with self.live.app.app_context():
            session = begin_write(db.session())
            for schedule in self.live.worker._schedules:
                schedule.promise(session, self.clock.now())
            session.commit()
        self.live.settle()
        seen = len(self.letters)
        for message in self.live.outbox.messages[seen:]:
            day = (self.clock.now() - self.started).days
            self.letters.append((day, message["Subject"], message))

    def subjects(self, since=0):
        """The subjects of the letters from a number on."""
        return [subject for _day, subject, _message in self.letters[since:]]

    def keep(self, folder):
        """Keep every letter as a page of its own, to be pictured."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, (day, subject, message) in enumerate(self.letters):
            html = message.get_body(("html",)).get_content()
            (folder / f"{number:02} day {day}, {subject}.html").write_text(html)

    def link(self, action, at=-1):
        """The path of a letter's link that does one thing."""
        text = self.letters[at][2].get_body(("plain",)).get_content()
        return re.search(
            rf"http://[^/\s]+(/\S*/support/act/{action}/\S+|/support/act/{action}/\S+)", text
        )[1]

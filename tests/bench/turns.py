"""Sides that take turns under the same load, and what is said of them afterwards."""

from __future__ import annotations

import statistics

ROUNDS = 7


class Turns:
    """A B A B …: every round sends each side the same number of requests, one side at a time.

    A ratio is taken within each round, where the machine was about as busy for both, and the
    median of the rounds is told.
    """

    def __init__(self, sides, requests, *, count, connections, expect):
        """`requests(n)` makes n requests; `expect` is the status of a right answer."""
        self.sides = sides
        self.found = {name: [] for name in sides}
        self.answered = dict.fromkeys(sides, 0)
        for turn in range(ROUNDS + 1):  # the first one warms up and is not counted
            order = list(sides.items())
            for name, server in order if turn % 2 else reversed(order):
                one = server.load(requests(count if turn else count // 5), connections, expect)
                self.answered[name] += one["done"]
                if turn:
                    self.found[name].append(one)

    def median(self, name, figure):
        return statistics.median(one[figure] for one in self.found[name])

    def ratios(self, name, other, figure):
        """`figure` of one side by that of the other, round by round."""
        pairs = zip(self.found[name], self.found[other], strict=True)
        return [one[figure] / two[figure] for one, two in pairs if two[figure]]

    def added(self, name, other, figure):
        """What one side takes more than the other, round by round."""
        pairs = zip(self.found[name], self.found[other], strict=True)
        return [one[figure] - two[figure] for one, two in pairs]

    def wrong(self):
        return sum(one["wrong"] for found in self.found.values() for one in found)

    def table(self, title):
        print(f"\n{title}")
        print(f"  {'':28}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}{'MB':>6}")
        for name, server in self.sides.items():
            rate, p50, p99, cpu = (
                self.median(name, figure) for figure in ("rate", "p50_ms", "p99_ms", "cpu_us")
            )
            memory = server.megabytes()
            print(f"  {name:28}{rate:12,.0f}{p50:9.2f}{p99:9.2f}{cpu:9,.0f}{memory:6}")

    def verdict(self, name, other, aim):
        """The rate of one side by the other's against the aim; and the same of CPU."""
        if self.wrong():
            print(f"  aim ≥ {aim}: not measured, {self.wrong()} answers were wrong")
            return
        rates = self.ratios(name, other, "rate")
        print(f"  aim ≥ {aim}: {judged(rates, aim)}, by rate")
        spent = self.ratios(other, name, "cpu_us")
        print(f"  aim ≥ {aim}: {judged(spent, aim)}, by CPU per request")


def judged(ratios, aim):
    """Met or missed, unless the middle half of the rounds lies on both sides of the aim."""
    low, middle, high = statistics.quantiles(ratios, n=4)
    word = "met" if low >= aim else "missed" if high < aim else "undecided"
    return f"{middle:.2f} {word} (middle half of rounds {low:.2f} to {high:.2f})"

"""What a reader does with a mouse, from the amounts to the thank-you page."""

from __future__ import annotations

import re


def choose(page, path, frequency, amount):
    page.goto(path)
    page.locator(f"#frequency-{frequency}").check()
    page.locator(f"#amount-{frequency}-{amount}").check()


def to_payment(page):
    page.locator("#give button.give").click()
    page.wait_for_load_state()
    if "/c/pay/" not in page.url:  # without a script there is a review first
        page.locator("main button.give").click()
    page.wait_for_url(re.compile("/c/pay/"))


def pay(page, email, card="4242424242424242"):
    # By their names: the labels are in the reader's language.
    page.locator("#email").fill(email)
    page.locator("#card_number").fill(card)
    page.locator("#expiry").fill("12 / 40")
    page.locator("#cvc").fill("123")
    page.locator("#name").fill("Вера Читатель")
    page.locator("form.payment button.go").click()
    page.wait_for_load_state()


def wait_for_thanks(page):
    """The thank-you page looks again by itself; without a script its own meta element does."""
    page.wait_for_url(re.compile("/support/thanks/"))
    page.locator(".state.done").wait_for(timeout=25_000)

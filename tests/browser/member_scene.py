"""A member's pages for README's pictures: signed in by the link in the caught letter."""

from __future__ import annotations

import json
import re
import time
import urllib.request


def sign_in(page, mail_url, email, language=""):
    """Sign in as a reader does; where the overview is then shown."""
    page.goto(f"{language}/account/sign-in")
    page.locator("#sign-in-email").fill(email)
    page.locator("button.give").click()
    page.goto(_link(mail_url, email))
    page.locator("main form button").click()
    page.wait_for_url(re.compile("/account$"))


def member_pages(page):
    """The addresses of the pages of the first membership."""
    first = page.locator(".deeds a").first.get_attribute("href")
    home = first.rsplit("/", 1)[0]
    return {"membership-amount": f"{home}/amount", "membership-cancel": f"{home}/cancel"}


def _link(mail_url, email):
    for _ in range(100):
        with urllib.request.urlopen(f"{mail_url}/api/messages") as answer:
            letters = json.load(answer)
        for letter in letters:
            found = re.search(r"http\S+/account/sign-in/\S+", letter["text"])
            if email in letter["to"] and found:
                return found[0]
        time.sleep(0.2)
    raise SystemExit("the link to sign in did not come")

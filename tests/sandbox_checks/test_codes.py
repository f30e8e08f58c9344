"""Every error code the sandbox gives is one that Stripe's API has.

The SDK lists them where a payment intent tells its last error.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, get_args, get_origin

import stripe

import donations.sandbox
from donations.sandbox.annotations.reading import alternatives, fields_of

CODE = Path(donations.sandbox.__file__).parent
NOT_LISTED = {
    "payment_method_types_no_longer_supported": "docs /changelog/endive: told by requests only",
    "invalid_canceled_subscription_fields": "recorded: told by requests only",
    "parameter_invalid_string": "as the authors of the recordings have it",
    "invalid_bank_account_iban": "assumed",
    "invoice_already_paid": "assumed",
}


def given():
    """The codes that stand in the sandbox's refusals, with the file of each."""
    for path in sorted(CODE.rglob("*.py")):
        for code in re.findall(r'\bcode=\s*"([a-z0-9_]+)"', path.read_text()):
            yield code, path.name


def listed():
    kind = fields_of(stripe.PaymentIntent.LastPaymentError)["code"]
    return {
        code for arm in alternatives(kind) if get_origin(arm) is Literal for code in get_args(arm)
    }


def test_every_code_is_one_of_stripes():
    unknown = {(code, name) for code, name in given() if code not in listed() | NOT_LISTED.keys()}
    assert unknown == set()
    assert NOT_LISTED.keys() - {code for code, _ in given()} == set()


def test_there_are_codes_to_look_at():
    assert len({code for code, _ in given()}) > 20
    assert "charge_disputed" in listed()

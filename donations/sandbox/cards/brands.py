"""Test cards that simply succeed, one for each brand and way of funding, and co-branded ones.

Source: docs.stripe.com/testing#cards and #co-branded-cards.
"""

from __future__ import annotations

from typing import Final

from donations.sandbox.cards.card import Card

BRANDS: Final = (
    Card("4242424242424242", "pm_card_visa", "Succeeds", suggested=True),
    Card("4000056655665556", "pm_card_visa_debit", "Succeeds (Visa debit)", funding="debit"),
    Card("5555555555554444", "pm_card_mastercard", "Succeeds (Mastercard)", "mastercard"),
    Card("2223003122003222", "", "Succeeds (Mastercard, 2-series)", "mastercard"),
    Card(
        "5200828282828210", "pm_card_mastercard_debit", "Succeeds (Mastercard debit)",
        "mastercard", funding="debit",
    ),
    Card(
        "5105105105105100", "pm_card_mastercard_prepaid", "Succeeds (Mastercard prepaid)",
        "mastercard", funding="prepaid",
    ),
    Card("378282246310005", "pm_card_amex", "Succeeds (American Express)", "amex"),
    Card("371449635398431", "", "Succeeds (American Express)", "amex"),
    Card("6011111111111117", "pm_card_discover", "Succeeds (Discover)", "discover"),
    Card("6011000990139424", "", "Succeeds (Discover)", "discover"),
    Card("6011981111111113", "", "Succeeds (Discover debit)", "discover", funding="debit"),
    Card("3056930009020004", "pm_card_diners", "Succeeds (Diners Club)", "diners"),
    Card("36227206271667", "", "Succeeds (Diners Club, 14 digits)", "diners"),
    Card("3566002020360505", "pm_card_jcb", "Succeeds (JCB)", "jcb"),
    Card("6200000000000005", "pm_card_unionpay", "Succeeds (UnionPay)", "unionpay"),
    Card("6200000000000047", "", "Succeeds (UnionPay debit)", "unionpay", funding="debit"),
    Card("6205500000000000004", "", "Succeeds (UnionPay, 19 digits)", "unionpay"),
    Card(
        "4000002500001001", "pm_card_visa_cartesBancaires", "Succeeds (Cartes Bancaires, Visa)",
        country="FR", networks=("cartes_bancaires", "visa"),
    ),
    Card(
        "5555552500001001", "pm_card_mastercard_cartesBancaires",
        "Succeeds (Cartes Bancaires, Mastercard)", "mastercard", "FR",
        networks=("cartes_bancaires", "mastercard"),
    ),
)  # fmt: skip

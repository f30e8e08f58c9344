"""Tying the books to the bank and to Stripe: bank lines, differences, closing a month."""

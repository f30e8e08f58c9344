"""Payouts: what Stripe sent to the bank, and of which movements each is made."""

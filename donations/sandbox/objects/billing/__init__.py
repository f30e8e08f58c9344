"""Subscriptions and invoices: periods, prorations, trials, dunning, pauses."""

"""Remind me later, as a promise: one mail in the month a reader picked."""

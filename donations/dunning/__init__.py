"""Tells members in time: a payment failed or will fail, a year is over, support has ended."""

"""Gifts that were begun and not finished: at most two letters, to readers who agreed."""

"""Closing a month: walk it, lock it, and prove it later from its pack."""

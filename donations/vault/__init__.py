"""Keeps what would betray a reader: sealed values, blind indexes, keys that can be destroyed."""

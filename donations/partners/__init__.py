"""Other programs of the newsroom: their keys, and the signed messages they are sent."""

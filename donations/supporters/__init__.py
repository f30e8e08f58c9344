"""Who supports the newsroom: found by blind index, read only through the vault, forgettable."""

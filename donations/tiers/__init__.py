"""Named levels of support: their prices, what belongs to them, what that is worth."""

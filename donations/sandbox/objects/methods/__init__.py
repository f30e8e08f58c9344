"""How one pays: cards, bank accounts, mandates."""

"""Money in: payment and setup intents, charges, captures, authentication."""

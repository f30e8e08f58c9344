"""The dashboard: what is there, what happened, and the buttons."""

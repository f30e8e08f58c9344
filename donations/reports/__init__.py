"""Read-only questions to the books: one module per report, the same rows for screen and CSV."""

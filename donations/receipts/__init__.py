"""Receipts and yearly statements as documents, in the words a country’s tax law asks for."""

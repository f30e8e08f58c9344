"""Checkout: sessions opened, paid, completed, expired."""

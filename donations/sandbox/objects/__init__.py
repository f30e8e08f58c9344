"""Stripe's objects and what becomes of them: one noun a module, the verbs that move it inside."""

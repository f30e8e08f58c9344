"""The border to Stripe, the only importer of its SDK: its values and errors become ours."""

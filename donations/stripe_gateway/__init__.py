"""The border to Stripe, and the only importer of its SDK: here its values and errors become ours."""

"""The billing portal: what it offers, to whom, and what is done there."""

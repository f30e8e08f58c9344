"""The billing portal, as a supporter sees it."""

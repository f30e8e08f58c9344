"""The pages of Checkout: what is asked, what was typed, authentication, in five languages."""

"""What asks: the appeal's words by version and language, and the sample pages around it."""

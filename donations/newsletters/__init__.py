"""The newsletter: asked for with consent, confirmed by the reader, left in one click."""

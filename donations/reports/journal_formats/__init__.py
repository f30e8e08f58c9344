"""The journal as files other programs read: a module for each format, one reading of the books."""

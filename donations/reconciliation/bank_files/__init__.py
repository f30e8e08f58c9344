"""The files banks hand out, read into lines: one module per format, and none knows the database."""

"""Schema changes, applied in order by `donations db upgrade`."""

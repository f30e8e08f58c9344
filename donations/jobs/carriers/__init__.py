"""Carrying jobs to other processes: a broker brings their ids, the database keeps the work."""

"""What everything else stands on: money, time, identifiers, errors, the database."""

"""What comes back of letters: bounces, delays and complaints, from a mail service or an MTA."""

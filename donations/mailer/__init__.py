"""Writes one letter and posts it: templates, SMTP, and a mark against writing twice."""

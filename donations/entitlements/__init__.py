"""Who may have a tier's benefits, why, and until when."""

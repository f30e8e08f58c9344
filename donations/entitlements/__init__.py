"""Who is entitled to what: by paying, by a gift membership, as a guest, or by a seat in a group."""

"""Everything held about one person across the rooms: exported, erased, or joined with another."""

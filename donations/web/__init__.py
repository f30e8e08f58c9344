"""What the world sees, split by audience: readers, staff, other programs."""

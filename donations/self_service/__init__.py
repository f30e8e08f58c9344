"""What supporters do with their own membership: change, pause, skip, move, end; by account or link."""

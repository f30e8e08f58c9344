"""What supporters do with a membership of theirs: change, pause, skip, move or end it."""

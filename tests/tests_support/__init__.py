"""What tests share: stand-ins at the border, and servers started for a run."""

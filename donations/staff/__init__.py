"""The people of the newsroom who sign in to the office, and what each role may do."""

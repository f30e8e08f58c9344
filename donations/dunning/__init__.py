"""When a membership is about to be paid, cannot be paid, or lapses: who is told what, and when."""

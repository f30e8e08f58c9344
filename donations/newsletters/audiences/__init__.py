"""The services that send the issues: what each is told of a reader, behind one small interface."""

"""Shows any page that a reader supports the newsroom, without saying or learning who they are."""

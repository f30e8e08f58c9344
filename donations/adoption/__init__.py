"""Taking over supporters, memberships and gifts from where they were kept before."""

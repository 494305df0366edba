"""Who exists: users, groups, their members, and the one road to a seat and from it."""

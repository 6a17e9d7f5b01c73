"""Pages for people: forms in, answers out."""

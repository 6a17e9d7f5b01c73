"""Model descriptions as lists of operations; no hardware here."""

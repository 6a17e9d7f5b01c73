"""Commands on parts, names and prices."""

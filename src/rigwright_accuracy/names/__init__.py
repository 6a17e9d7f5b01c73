"""Names of parts: labelled lines, and what name resolution makes of them."""

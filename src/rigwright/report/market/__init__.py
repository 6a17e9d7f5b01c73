"""Parts, names, prices and imported catalogues on a terminal."""

"""How fast a run is, and what it is made of."""

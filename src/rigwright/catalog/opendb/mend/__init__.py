"""How raw records of each kind become trusted facts."""

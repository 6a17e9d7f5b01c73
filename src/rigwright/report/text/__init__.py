"""Results of the use cases on a terminal."""

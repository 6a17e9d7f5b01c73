"""Charts and drawings: figures of values, in one palette."""

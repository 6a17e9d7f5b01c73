"""The machine for a goal, and what to change in one that is there."""

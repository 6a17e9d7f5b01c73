"""Prices of a day: what the model says of observations that were hidden from it."""

"""Putting the machine together."""

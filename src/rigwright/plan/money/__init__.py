"""Owning against renting."""

"""Exact choice of the parts around a GPU option. See ``search.Search``."""

"""Exact choice of the parts around a GPU option. See ``answer.answer``."""

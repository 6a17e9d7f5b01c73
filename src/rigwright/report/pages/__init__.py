"""Whole pages: the report of a plan, the guide to print; their templates."""

"""The embedded operation lists."""

"""The layout of a build in its case, in millimetres."""

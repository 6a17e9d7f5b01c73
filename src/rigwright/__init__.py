"""Design a machine for deep learning: fits, fast enough, worth the money."""

__version__ = "0.2.0"

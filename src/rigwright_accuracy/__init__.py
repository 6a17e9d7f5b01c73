"""Published measurements, and fitting and scoring predictions on them."""

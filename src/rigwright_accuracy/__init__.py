"""Published measurements, and calibration and scoring predictions on them."""

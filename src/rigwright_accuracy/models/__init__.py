"""Language models against what their makers publish: weights, bytes, names."""

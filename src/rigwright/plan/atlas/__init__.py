"""Many questions at once: a grid of goals, answered into Parquet, on this machine or a cluster."""

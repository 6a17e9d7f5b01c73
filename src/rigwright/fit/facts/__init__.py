"""What the rules look up or compute: names in one spelling, platforms, slots, radiators, draw."""

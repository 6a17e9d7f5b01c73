"""Parts and prices: checked, named, searched."""

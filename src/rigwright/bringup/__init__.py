"""What the finished machine says of itself: texts of tools, read to parts with facts."""

"""What one operation is and how long one kernel of it takes."""

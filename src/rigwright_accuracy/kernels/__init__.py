"""Single kernels that others measured, and how well they are predicted."""

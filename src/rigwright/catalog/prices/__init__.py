"""What parts cost: dated observations, files of them, estimates for parts without any."""

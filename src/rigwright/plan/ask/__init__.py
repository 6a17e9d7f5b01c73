"""The goal file and the questions of every surface: what is asked, nothing answered."""

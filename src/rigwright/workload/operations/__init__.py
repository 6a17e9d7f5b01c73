"""Operation lists as files: written, checked, selected."""

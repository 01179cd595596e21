"""A scenario in words and numbers."""

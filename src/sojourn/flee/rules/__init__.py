"""Flee's rules, as tables of what they do on each day."""

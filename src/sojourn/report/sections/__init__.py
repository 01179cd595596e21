"""Sections of a report: each says what it needs, and what it shows."""

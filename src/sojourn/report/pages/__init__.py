"""Whole pages: one offline HTML file, and the cards of a scenario."""

"""Importers of what agencies of the United States publish."""

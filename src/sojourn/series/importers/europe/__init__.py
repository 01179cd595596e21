"""Importers of European publishers: Frontex, Eurostat and the Home Office of the United Kingdom."""

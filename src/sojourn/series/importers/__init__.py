"""Importers of publishers' files: one module a publisher, loaded only when a file is to be recognised."""

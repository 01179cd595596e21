"""Importers: one file for each publisher, each reading that publisher's files into figures."""

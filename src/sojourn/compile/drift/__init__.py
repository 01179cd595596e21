"""Quantities that drift: paths over calendar periods, drawn by keyed random numbers."""

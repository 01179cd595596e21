"""Charts of a report, as Vega-Lite with their words and data."""

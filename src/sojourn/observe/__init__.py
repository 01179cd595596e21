"""Official series: what they are, importers, the store, queries."""

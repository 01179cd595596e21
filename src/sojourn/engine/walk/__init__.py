"""The walk engine: agents on a map of places and roads, moved day by day by compiled kernels."""

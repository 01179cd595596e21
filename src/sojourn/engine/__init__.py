"""The engines: pure functions on plain arrays."""

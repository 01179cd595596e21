"""From a resolved scenario to the plain arrays that an engine runs."""

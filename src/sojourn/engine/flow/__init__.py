"""The flow engine: counts of people who step through stages, exact to the person."""

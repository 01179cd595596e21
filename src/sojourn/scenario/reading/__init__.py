"""Reading scenarios: YAML text, what a scenario extends, and the files beside it."""

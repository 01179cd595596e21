"""What is written of a scenario: YAML that reads back, an account in words, and a JSON Schema."""

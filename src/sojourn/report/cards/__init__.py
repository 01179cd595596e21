"""Model cards and ODD descriptions, written from the scenario."""

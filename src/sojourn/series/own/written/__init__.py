"""Numbers and dates as they are written, and the conventions that say what they mean."""

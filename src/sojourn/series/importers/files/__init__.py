"""Reading untrusted files: checks of archives and texts, encodings and separators, JSON."""

"""The command line: the only place that prints, reads arguments or opens a port."""

"""What stands at the top of a report: the question, the answer, and what a change did."""

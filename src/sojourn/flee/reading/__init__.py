"""Reading Flee folders: every file checked, every problem located."""

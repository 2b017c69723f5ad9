"""Lists and reports in the window: which there are, what is asked of one, where it stands, its figures, its words."""

"""Lists: the quiet table, the children's list and its filters, the work of the day."""

"""Two records side by side: the queue of pairs, the comparison field by field, the reasons."""

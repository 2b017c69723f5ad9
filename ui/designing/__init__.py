"""Lists an officer puts together: the columns chosen, and all that is asked of a list."""

"""What the pages of one child and one incident are made of, beside the form."""

"""What the pages of keys and people are made of: a new password, their pages, the recovery sheet in a page."""

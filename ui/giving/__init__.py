"""What the page of one giving list is made of: choosing children, quotas of villages, the lines and what each got."""

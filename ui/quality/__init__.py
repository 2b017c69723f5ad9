"""What the pages of data quality and of the round trip with the commune police are made of."""

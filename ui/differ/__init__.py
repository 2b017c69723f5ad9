"""What two people wrote: the queue, the values beside one another, the record as it would be."""

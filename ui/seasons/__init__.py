"""The pages of the seasons: lists with a box to tick, and the calendar of duties."""

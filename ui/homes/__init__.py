"""What the pages of households, villages and absences are made of: a list, and what is done with it beside it."""

"""What the receiver sees: the grid of units and months, a bundle in sentences, what waits, the board, taking in for."""

"""The monthly round in the window: the board of villages, and the answers of one sheet."""

"""The frame around every page: gate, rail, top bar, palette, privacy cover."""

"""What spares typing: one value for many children, and the second keying of a stack of papers."""

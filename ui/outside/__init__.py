"""Lists and forms of other offices: a superior's Excel form, another list held against the register."""

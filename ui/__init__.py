"""The window of CBDesk. ``ui/README.md`` says how it is built."""

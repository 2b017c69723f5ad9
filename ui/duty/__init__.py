"""Duties: registers of several short lists on one page, and the papers made of a row."""

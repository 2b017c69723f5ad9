"""Sending and receiving: where to, what went, what came."""

"""Starts that are kept in a journal: sent once, whatever happens, and found again."""

"""Edits: linear rules on records of numbers: which break them, what to doubt, what to adjust."""

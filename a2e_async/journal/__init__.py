"""The journal of a batch: what was asked for and what became of it, on the disk."""

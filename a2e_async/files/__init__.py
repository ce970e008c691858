"""Files: local media to the service's storage, results to the disk."""

"""What each operation does: generic by kind, by hand where the service has its own ways."""

"""What the client costs, measured. Run it with `nox -s bench`."""

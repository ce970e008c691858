"""Jobs that outlive the process: a client's starts, kept in a file with the caller's own data."""

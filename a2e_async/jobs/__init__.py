"""Waiting for tasks: the awaitable job, the poller behind all jobs of a client, the families."""

"""Requests to the service: the aiohttp session, and the pure rules of answers and retries."""

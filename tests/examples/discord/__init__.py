import warnings

with warnings.catch_warnings():
    # discord.py can play sound, for which it loads a module that Python 3.13 has no more.
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord  # noqa: F401

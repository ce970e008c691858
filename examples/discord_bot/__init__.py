"""A Discord bot: slash commands that make pictures and videos, and lose none of them.

`bot.py` is the client, `commands.py` what people type, `handover.py` the way of one job from the
command to the result, and `screen.py` the one message that shows it.
"""

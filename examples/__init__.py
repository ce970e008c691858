"""Programs that embed the SDK: a Telegram bot, a Discord bot, web back ends."""

"""A Telegram bot that makes pictures and videos: ``python -m examples.telegram_bot``.

    settings.py    what the environment says
    tickets.py     what the bot keeps with a job: where it was asked for, and where it is shown
    words.py       what the bot says, and its languages
    patience.py    calls of Telegram that are made again until they got through
    limits.py      how much one person may ask for
    desk.py        takes requests in, and tells of them
    delivery.py    shows the progress and the result of each job
    commands.py    what people can write and press
    screen.py      the message of one job
    errands.py     what runs beside the reading of updates
    app.py         puts it together, and stops it

A command is kept in the store before Telegram is told that it was read. From then on the job has a
message of its own in the chat, which is edited into its progress and in the end into its result, so
that doing anything twice shows it once.
"""

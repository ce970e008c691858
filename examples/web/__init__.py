"""A web page that makes pictures and videos, on FastAPI and on aiohttp: ``python -m examples.web``.

__main__.py       the command
fastapi_app.py    the routes on FastAPI
aiohttp_app.py    the same routes on aiohttp
studio.py         what both of them do: orders, jobs, events, results
orders.py         from a form to a request (pure)
door.py           who comes in: cookies, origins, headers (pure)
cards.py          what the page shows of a job, and how it is kept
board.py          who looks at which cards, as server-sent events
page/             the page: HTML, CSS and JavaScript, as they are served
"""

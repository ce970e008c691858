"""What the bot says, and its languages. Pure.

The English texts stand in the code. A language is a table from these to its own, and what it does
not have stays English. Those of the SDK's `describe` are in the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from a2e_async.texts import TEMPLATES

HELP = (
    "I make pictures and videos.\n\n"
    "/image a red fox in snow — a picture\n"
    "/video a red fox runs through snow — a video\n"
    "Send a photo with the caption “/video it turns its head”, and it comes to life.\n"
    "/queue — what you wait for\n"
    "/cancel — cancel what has not been started; that costs nothing"
)
TAKEN = "Your request is here."
CANCEL = "Cancel"
NO_PROMPT = "Write after the command what you would like to see: /{command} a red fox in snow"
NO_PHOTO = "Your photo did not arrive. Please send it again."
NOTHING = "You have nothing waiting."
TOO_MANY = "You have {count} requests under way. When one of them is done, ask again."
NO_COINS = "This costs {price:g} coins, and you have {left:g} left for today. Try again tomorrow."
CANCELLED = "Cancelled: {count}. Nothing was spent."
TOO_LATE = "Already being made: {count}. That cannot be stopped; the result comes here."
LINK = "Your result is ready, for about three days, here:\n{link}"

COMMANDS = (
    ("image", "Make a picture"),
    ("video", "Make a video"),
    ("queue", "What you wait for"),
    ("cancel", "Cancel what has not been started"),
    ("help", "What I can do"),
)

_GERMAN_STATES = {
    "waiting": "Dein Auftrag wartet darauf, dass es losgeht.",
    "waiting_seconds": "Dein Auftrag beginnt in etwa {seconds} s.",
    "waiting_minutes": "Dein Auftrag beginnt in etwa {minutes} min.",
    "waiting_hours": "Dein Auftrag beginnt in etwa {hours} h.",
    "line": "Du bist Nummer {position} in der Reihe.",
    "line_seconds": "Du bist Nummer {position} in der Reihe, etwa {seconds} s.",
    "line_minutes": "Du bist Nummer {position} in der Reihe, etwa {minutes} min.",
    "line_hours": "Du bist Nummer {position} in der Reihe, etwa {hours} h.",
    "sent": "Dein Auftrag ist unterwegs.",
    "pending": "Dein Auftrag ist angenommen und beginnt bald.",
    "processing": "Dein Ergebnis entsteht.",
    "processing_percent": "Dein Ergebnis entsteht: {percent}%.",
    "completed": "Dein Ergebnis ist fertig.",
    "failed": "Das ist nichts geworden. Versuch es noch einmal, vielleicht mit anderen Worten.",
    "cancelled": "Dein Auftrag wurde abgebrochen, bevor er begann. Das hat nichts gekostet.",
    "refused_content": (
        "Dein Auftrag wurde wegen seines Inhalts abgelehnt. Bitte ändere ihn und versuch es wieder."
    ),
    "refused": "So geht dein Auftrag nicht. Bitte ändere ihn und versuch es wieder.",
    "bad_field": "In deinem Auftrag stimmt etwas nicht. Bitte sieh ihn noch einmal an.",
    "impossible": "Das geht nicht.",
    "unavailable": "Das geht gerade nicht. Bitte versuch es später wieder.",
    "limit": "Das ist mehr, als gerade geht. Bitte versuch es später wieder.",
    "busy": "Gerade ist viel zu tun. Bitte versuch es in ein paar Minuten wieder.",
    "unreachable": (
        "Der Dienst ist gerade nicht zu erreichen. Bitte versuch es in ein paar Minuten wieder."
    ),
    "trouble": "Der Dienst hat gerade Schwierigkeiten. Bitte versuch es später wieder.",
    "upload": (
        "Deine Datei kam nicht an. Bitte versuch es noch einmal, vielleicht mit einer anderen."
    ),
    "unknown": "Etwas ist schiefgegangen. Bitte versuch es später wieder.",
    "uncertain": (
        "Es ist nicht sicher, ob dein Auftrag angekommen ist, und vielleicht erreicht dich sein "
        "Ergebnis nicht. Bitte frag nach, bevor du ihn noch einmal schickst: sonst wird er "
        "vielleicht zweimal ausgeführt."
    ),
    "slow": (
        "Das dauert länger als sonst, aber es geht weiter: dein Ergebnis kann noch kommen. Bitte "
        "schick den Auftrag nicht noch einmal."
    ),
    "too_slow": (
        "Das hat zu lange gedauert, aber dein Ergebnis kann noch kommen. Bitte warte etwas, bevor "
        "du den Auftrag noch einmal schickst."
    ),
    "out_of_sight": (
        "Wie weit dein Auftrag ist, lässt sich gerade nicht sagen, aber er geht weiter: dein "
        "Ergebnis kann noch kommen. Bitte schick ihn nicht noch einmal."
    ),
    "not_fetched": (
        "Dein Ergebnis ist fertig, ließ sich aber nicht holen. Frag später danach: es muss nicht "
        "noch einmal gemacht werden."
    ),
    "gone": (
        "Dein Auftrag ist nicht mehr bekannt: er wurde gelöscht, oder er ist zu alt. Bitte schick "
        "ihn noch einmal, wenn du sein Ergebnis noch möchtest."
    ),
}

_GERMAN = {
    HELP: (
        "Ich mache Bilder und Videos.\n\n"
        "/image ein Fuchs im Schnee — ein Bild\n"
        "/video ein Fuchs rennt durch den Schnee — ein Video\n"
        "Schick ein Foto mit der Bildunterschrift „/video er dreht den Kopf“, und es lebt.\n"
        "/queue — worauf du wartest\n"
        "/cancel — abbrechen, was noch nicht begonnen hat; das kostet nichts"
    ),
    TAKEN: "Dein Auftrag ist da.",
    CANCEL: "Abbrechen",
    NO_PROMPT: "Schreib hinter den Befehl, was du sehen möchtest: /{command} ein Fuchs im Schnee",
    NO_PHOTO: "Dein Foto ist nicht angekommen. Bitte schick es noch einmal.",
    NOTHING: "Du wartest auf nichts.",
    TOO_MANY: "Du hast {count} Aufträge laufen. Frag noch einmal, wenn einer fertig ist.",
    NO_COINS: (
        "Das kostet {price:g} Münzen, und du hast heute noch {left:g}. Versuch es morgen wieder."
    ),
    CANCELLED: "Abgebrochen: {count}. Das hat nichts gekostet.",
    TOO_LATE: "Schon in Arbeit: {count}. Das lässt sich nicht anhalten; das Ergebnis kommt hier.",
    LINK: "Dein Ergebnis ist fertig und etwa drei Tage lang hier:\n{link}",
    # The commands, as Telegram lists them.
    "Make a picture": "Ein Bild machen",
    "Make a video": "Ein Video machen",
    "What you wait for": "Worauf du wartest",
    "Cancel what has not been started": "Abbrechen, was noch nicht begonnen hat",
    "What I can do": "Was ich kann",
    # The sentences of `describe`.
    **{TEMPLATES[name]: text for name, text in _GERMAN_STATES.items()},
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"de": _GERMAN}


def language(code: str | None) -> Callable[[str], str]:
    """Give the translation into a language: a function of an English text, as gettext has it.

    Args:
        code: the language, as Telegram tells it, such as ``de`` or ``de-AT``.
    """
    table = LANGUAGES.get((code or "en").partition("-")[0], {})
    return lambda text: table.get(text, text)

"""Run by `nox -s build` with the built wheel in an empty environment: is all of it there?"""

import tempfile
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import a2e_async
from a2e_async import facts
from a2e_async.batch.report import write_report

package = resources.files(a2e_async)
assert package.joinpath("py.typed").is_file()
assert package.joinpath("cli", "demo.jsonl").is_file()
assert facts.load()["paths"]
with tempfile.TemporaryDirectory() as directory:
    written = write_report(Path(directory), [], title="Wheel", now=datetime.now(UTC))
    assert "</html>" in written.read_text("utf-8")
for name in a2e_async.__all__:
    assert getattr(a2e_async, name) is not None
client = a2e_async.A2E(token="sk_wheel")
assert "sk_wheel" not in repr(client)

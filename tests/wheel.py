"""Run by `nox -s build` with the built wheel in an empty environment: is all of it there?"""

from importlib import resources

import a2e_async
from a2e_async import facts

package = resources.files(a2e_async)
assert package.joinpath("py.typed").is_file()
assert package.joinpath("cli", "demo.jsonl").is_file()
assert facts.load()["paths"]
for name in a2e_async.__all__:
    assert getattr(a2e_async, name) is not None
client = a2e_async.A2E(token="sk_wheel")
assert "sk_wheel" not in repr(client)

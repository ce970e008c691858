"""``python -m a2e_async`` is the command ``a2e``."""

from a2e_async.cli import main

raise SystemExit(main())

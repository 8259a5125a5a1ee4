"""Install what is needed and run every check: lint, types, import contracts, docs, tests.

Usage: ``python3 scripts/test.py [lint] [docs] [tests] [slow] [PYTEST OPTIONS]``
"""

import sys

from environment import ROOT, prepare, run

if __name__ == "__main__":
    python = prepare("test,lint,docs", {"git": "git", "Xvfb": "xvfb"})
    run([str(python), str(ROOT / "scripts" / "checks.py"), *sys.argv[1:]])

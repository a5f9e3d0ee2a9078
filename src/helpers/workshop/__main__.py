"""`python -m helpers.workshop` builds the workshop's notebooks and guides from their sources."""

import sys

from helpers import labels, project
from helpers.project import UserError


def main() -> int:
    """Build all; returns 0, or 2 where a source cannot be used."""
    if sys.argv[1:]:
        print("usage: python -m helpers.workshop", file=sys.stderr)
        return 2
    from helpers.workshop import building, sources

    try:
        written = building.build()
    except UserError as error:
        print(f"workshop: {error}", file=sys.stderr)
        return 2
    print(f"workshop: {labels.counted(len(written), 'file')} in "
          f"{project.below_root(sources.folder())}", file=sys.stderr)  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Write the stories, or the test cases, to standard output."""

import argparse
import sys

from stories.documents import text


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(prog="python -m stories", description=__doc__)
    parser.add_argument("--megabytes", type=float, default=1.0, help="how much text (a million bytes each)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", action="store_true", help="write the held-out test cases instead")
    options = parser.parse_args()
    if options.cases:
        from stories.cases import case_lines

        pieces = case_lines()
    else:
        pieces = text(options.seed, int(options.megabytes * 1_000_000))
    for piece in pieces:
        sys.stdout.write(piece)


if __name__ == "__main__":
    main()

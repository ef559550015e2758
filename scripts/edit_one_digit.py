#!/usr/bin/env python3
"""Changes the last digit of a text file to the next one, as whoever embellishes a score would.

    python3 scripts/edit_one_digit.py FILE
"""

import re
import sys
from pathlib import Path


def main() -> int:
    path = Path(sys.argv[1])
    text = path.read_text(encoding="utf-8")
    digits = list(re.finditer(r"[0-9]", text))
    if not digits:
        print(f"{path} holds no digit", file=sys.stderr)
        return 1
    last = digits[-1]
    edited = str((int(last.group()) + 1) % 10)
    path.write_text(text[: last.start()] + edited + text[last.end() :], encoding="utf-8")
    line = text.count("\n", 0, last.start()) + 1
    print(f"{path}:{line}: {last.group()} is {edited} now")
    return 0


if __name__ == "__main__":
    sys.exit(main())

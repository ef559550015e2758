"""Runs a program in a terminal of its own, and writes what it would show there."""

import os
import pty
import sys

sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))

"""Subscribes with one library, and prints what it hears: main.py <library> <url> [bare]"""

import importlib
import sys

from printing import print_line

library, url, *rest = sys.argv[1:]
module = importlib.import_module(f"{library.replace('-', '_')}_driver")
module.subscribe(url, is_bare=rest == ["bare"])
print_line("end")

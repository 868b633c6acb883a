"""One line of JSON each: open, event with type, id and data, error with message, or end."""

import json


def print_line(kind, **fields):
    print(json.dumps({"kind": kind, **fields}), flush=True)


def print_event(type, id, data):
    print_line("event", type=type or "message", id=id or "", data=data)


def print_error(error):
    print_line("error", message=f"{type(error).__name__}: {error}")

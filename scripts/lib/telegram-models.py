"""Validates what went over the wire with aiogram's models: software that nobody here wrote.

    python telegram-models.py FOLDER

FOLDER holds updates.jsonl, requests.jsonl and results.jsonl, as the tests' Telegram writes them when
SPORTELLO_TEST_WIRE names the folder. Exit: 0 all valid, 1 something is not, 2 there is nothing.
"""

import json
import pathlib
import sys
from collections import Counter

import aiogram
from aiogram import methods
from aiogram.types import Update
from pydantic import TypeAdapter, ValidationError

METHODS = {name.lower(): getattr(methods, name) for name in methods.__all__}


def unknown(model):
    """Fields that the model does not know, anywhere in it: aiogram keeps them apart."""
    found = []
    stack = [(type(model).__name__, model)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, (list, tuple)):
            stack += [(path, each) for each in item]
        elif hasattr(item, "model_fields_set"):
            found += [f"{path}.{name}" for name in item.model_extra or {}]
            stack += [(f"{path}.{name}", getattr(item, name)) for name in item.model_fields_set]
    return found


def update(line):
    return Update.model_validate(line)


def request(line):
    return METHODS[line["method"]].model_validate(line["arguments"])


def result(line):
    returning = METHODS[line["method"]].__returning__
    return TypeAdapter(returning).validate_python(line["result"])


def kind(name, line):
    if name == "updates":
        return next(key for key in line if key != "update_id")
    return line["method"]


def check(folder, name, read):
    path = folder / f"{name}.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    kinds, wrong = Counter(), 0
    for text in lines:
        line = json.loads(text)
        kinds[kind(name, line)] += 1
        try:
            strange = unknown(read(line))
            problem = f"unknown to aiogram: {', '.join(strange)}" if strange else None
        except (ValidationError, KeyError) as error:
            problem = str(error)
        if problem:
            wrong += 1
            print(f"  {name}: {problem}\n    {text[:400]}")
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{name}: {len(lines)} checked, {wrong} wrong ({told})")
    return len(lines), wrong


def main():
    folder = pathlib.Path(sys.argv[1])
    print(f"aiogram {aiogram.__version__} (Bot API {aiogram.__api_version__})")
    counts = [check(folder, *what) for what in (("updates", update), ("requests", request), ("results", result))]
    if any(total == 0 for total, _ in counts):
        print("nothing was written down: did the tests run with SPORTELLO_TEST_WIRE?")
        return 2
    return 1 if any(wrong for _, wrong in counts) else 0


sys.exit(main())

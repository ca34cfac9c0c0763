"""The process in which extensions run: it reads questions from its input and writes answers to its output.

    python -I extensionprocess.py FOLDER

The first line has the extensions, and is answered when they are loaded. Each further line is a question, and gets one
line as its answer. All lines are JSON.
The process imports nothing of the server, and what an extension prints goes to the log of errors. When an extension
blocks or ends the process, the server starts another one.
"""

import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

Function = Callable[[dict[str, Any]], Any]


def load(folder: Path, wanted: dict[str, Any]) -> Function:
    """Return the function of an extension, after its first call of `init-entry`. Raises what the file raises."""
    path = folder / wanted["file"]
    spec = importlib.util.spec_from_file_location(f"extension_{wanted['name']}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if wanted["init-entry"] is not None:
        getattr(module, wanted["init-entry"])(wanted["init-args"])
    found: Function = getattr(module, wanted["entry"])
    return found


def answer(functions: dict[str, Function | str], question: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the answers of the called extensions, in their order."""
    found: list[dict[str, Any]] = []
    for point, name in question["calls"]:
        function = functions[name]
        if isinstance(function, str):
            found.append({"error": function})
            continue
        try:
            result = function({**question["request"], "point": point})
            json.dumps(result)
        except Exception as error:
            found.append({"error": _text(error)})
        else:
            found.append({"result": result})
    return found


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def serve(folder: Path, source: TextIO, to: TextIO) -> None:
    """Answer until the input ends."""
    functions: dict[str, Function | str] = {}
    for wanted in json.loads(source.readline() or "[]"):
        try:
            functions[wanted["name"]] = load(folder, wanted)
        except Exception as error:
            functions[wanted["name"]] = _text(error)
    to.write(json.dumps({"ready": True}) + "\n")
    to.flush()
    for line in source:
        question = json.loads(line)
        to.write(json.dumps({"number": question["number"], "result": answer(functions, question)}) + "\n")
        to.flush()


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        serve(Path(sys.argv[1]), sys.stdin, output)

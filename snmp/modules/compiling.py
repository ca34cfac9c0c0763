"""The definitions in MIB modules, by pysmi's compiler.

A module that cannot be compiled is a fault with its file and line; the others are loaded. pysmi takes long to import,
and is needed only if modules are configured and none of their files is as it was (`loading`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from snmp.errors import ModulesError
from snmp.modules.files import Found, ModuleFile, built_in
from snmp.modules.tables import IndexPart, ModuleObject, ModuleTables, merged

_NUMBERS = frozenset({"INTEGER", "Integer32", "Unsigned32", "Gauge32", "Counter32", "Counter64", "TimeTicks", "Gauge"})
_DEPTH = 32
"""Most textual conventions of textual conventions."""

Document = Mapping[str, Any]


def compile_modules(found: Found, wanted: Iterable[str]) -> tuple[ModuleTables, tuple[str, ...]]:
    """Return what the wanted modules define, and the faults. Raises ModulesError without pysmi."""
    sources = built_in() | found.modules
    names = list(dict.fromkeys(wanted))
    documents, faults = _compiled(names, sources)
    tables = [_tables(documents[name], documents) for name in names if name in documents]
    return merged(tables), (*found.faults, *faults)


def _compiled(names: list[str], sources: Mapping[str, ModuleFile]) -> tuple[dict[str, Document], list[str]]:
    try:
        from pysmi.codegen import JsonCodeGen
        from pysmi.compiler import MibCompiler
        from pysmi.parser import SmiStarParser
        from pysmi.reader import CallbackReader
        from pysmi.writer import CallbackWriter
    except ImportError as error:
        raise ModulesError(f"MIB modules cannot be read: {error}; install pairwatch[mibs]") from error

    documents: dict[str, Document] = {}

    def read(name: str, _context: object) -> str | None:
        return sources[name].text if name in sources else None

    def write(name: str, text: str, _context: object) -> None:
        documents[name] = json.loads(text)

    compiler = MibCompiler(SmiStarParser(), JsonCodeGen(), CallbackWriter(write))
    compiler.add_sources(CallbackReader(read))
    faults: list[str] = []
    for name in names:
        if name in documents:
            continue
        try:
            results = compiler.compile(name, ignoreErrors=True)
        except Exception as error:  # Whatever a file makes the compiler do, the other modules are loaded.
            faults.append(f"{_place(name, sources)}: {type(error).__name__}: {error}")
            continue
        for module, result in results.items():
            fault = _fault(module, name, result, sources)
            if fault is not None and fault not in faults:
                faults.append(fault)
    return documents, faults


def _fault(module: str, wanted: str, result: Any, sources: Mapping[str, ModuleFile]) -> str | None:
    if result == "missing":
        needed = "" if module == wanted else f", and {wanted} needs it"
        return f"MIB module {module}: it is in no file of mib_dirs{needed}"
    if result != "failed":
        return None
    error = getattr(result, "error", None)
    line = getattr(error, "lineno", "?")
    place = _place(module, sources)
    if str(line).isdigit():
        place = f"{place}, line {line}"
    return f"{place}: {getattr(error, 'msg', error)}"


def _place(module: str, sources: Mapping[str, ModuleFile]) -> str:
    return f"{sources[module].path} ({module})" if module in sources else module


def _tables(document: Document, documents: Mapping[str, Document]) -> ModuleTables:
    notifications: dict[str, str] = {}
    objects: dict[str, ModuleObject] = {}
    rows = {each["oid"]: each for each in _definitions(document) if each.get("nodetype") == "row"}
    for each in _definitions(document):
        if each["class"] == "notificationtype":
            notifications[each["oid"]] = each["name"]
        elif each["class"] == "objecttype" and each.get("nodetype") in ("scalar", "column"):
            types = list(_types(each.get("syntax", {}), document, documents))
            row = rows.get(each["oid"].rpartition(".")[0], {})
            index = tuple(_index(row, document, documents))
            objects[each["oid"]] = ModuleObject(each["name"], _hint(types), *_words(types), index)
    return ModuleTables(notifications, objects)


def _definitions(document: Document) -> Iterator[Document]:
    for each in document.values():
        if isinstance(each, Mapping) and "oid" in each and "name" in each:
            yield each


def _types(syntax: Document, document: Document, documents: Mapping[str, Document]) -> Iterator[Document]:
    """Yield a syntax, and those that it is a refinement of, with the hints of their textual conventions."""
    for _ in range(_DEPTH):
        yield syntax
        name = syntax.get("type")
        found = _convention(str(name), document, documents)
        if found is None:
            return
        convention, document = found
        syntax = {**convention["type"], "displayhint": convention.get("displayhint", "")}


def _convention(name: str, document: Document, documents: Mapping[str, Document]) -> tuple[Document, Document] | None:
    """Return the textual convention or type of that name, and the document that has it."""
    for source in (document, *(documents[each] for each in _imported_from(name, document) if each in documents)):
        found = source.get(name)
        if isinstance(found, Mapping) and isinstance(found.get("type"), Mapping):
            return found, source
    return None


def _imported_from(name: str, document: Document) -> Iterator[str]:
    for module, symbols in document.get("imports", {}).items():
        if isinstance(symbols, list) and name in symbols:
            yield module


def _hint(types: list[Document]) -> str:
    return next((str(each["displayhint"]) for each in types if each.get("displayhint")), "")


def _words(types: list[Document]) -> tuple[dict[int, str], bool]:
    """Return the words of an enumeration or of BITS, and whether they are those of BITS."""
    bits = any(each.get("type") == "Bits" for each in types)
    for each in types:
        words = each.get("constraints", {}).get("enumeration") or each.get("bits")
        if words:
            return {int(number): str(word) for word, number in words.items()}, bits
    return {}, bits


def _index(row: Document, document: Document, documents: Mapping[str, Document]) -> Iterator[IndexPart]:
    for each in row.get("indices", ()):
        source = documents.get(each["module"], {})
        syntax = source.get(each["object"], {}).get("syntax", {})
        types = list(_types(syntax, source, documents))
        base = str(types[-1].get("type", ""))
        words, _ = _words(types)
        kind = "integer" if base in _NUMBERS else "address" if base == "IpAddress" else "octets"
        if base == "OBJECT IDENTIFIER":
            kind = "oid"
        length = 4 if kind == "address" else _fixed_length(types) if kind == "octets" else None
        yield IndexPart(str(each["object"]), kind, length, bool(each.get("implied")), _hint(types), words)


def _fixed_length(types: list[Document]) -> int | None:
    for each in types:
        sizes = each.get("constraints", {}).get("size")
        if sizes:
            only = sizes[0]
            return int(only["min"]) if len(sizes) == 1 and only["min"] == only["max"] else None
    return None

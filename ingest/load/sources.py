"""What a user names, as files to read: files, folders, patterns and standard input."""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from glob import glob, has_magic
from itertools import takewhile
from pathlib import Path
from urllib.parse import urlsplit

from clew.graph.errors import SourceError
from clew.graph.export.vault_format import MARKER
from clew.ingest.load.folders import Home, home_of
from clew.ingest.load.items import Fields, Origin, Problem, Remark

KINDS = {
    ".txt": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "pptx",
    ".xlsx": "xlsx",
    ".odt": "opendocument",
    ".ods": "opendocument",
    ".odp": "opendocument",
    ".epub": "epub",
    ".rst": "rst",
    ".org": "org",
    ".tex": "tex",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".ttl": "turtle",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
    ".jsonld": "json-ld",
    ".rdf": "rdfxml",
    ".owl": "rdfxml",
    ".canvas": "canvas",
    ".eml": "eml",
    ".mbox": "mbox",
    ".vtt": "vtt",
    ".srt": "srt",
    ".ics": "ics",
    ".vcf": "vcf",
}
_INSTEAD = {
    ".msg": "it is Outlook's own form of a message; save it as .eml",
    ".pst": "it is Outlook's own archive; export its messages as .eml or .mbox",
}
_USUAL = sorted(suffix[1:] for suffix in KINDS)  # what a message names
KINDS |= {".docm": "docx", ".xlsm": "xlsx"}
# Settings and logs are plain text; of programs, comments and docstrings are read.
KINDS |= dict.fromkeys((".text", ".log", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf"), "txt")
_PROGRAMS = "py pyi js ts jsx tsx java c h cpp hpp cc cs go rs rb php swift kt scala sh bash sql r jl lua pl ps1"
KINDS |= {f".{suffix}": "code" for suffix in _PROGRAMS.split()}
_NEVER_PACKED = frozenset({"pdf", "docx", "pptx", "xlsx", "opendocument", "epub"})


def kind_of(name: str) -> str:
    """The kind of file that goes by this name, `""` for one that is not read; `.gz` may follow text formats."""
    path = Path(name.lower())
    packed = path.suffix == ".gz"
    kind = KINDS.get(path.with_suffix("").suffix if packed else path.suffix, "")
    return "" if packed and kind in _NEVER_PACKED else kind


class Sources:
    """One run through sources; no file is given twice in it, by whatever name."""

    def __init__(self, fields: Fields, *, recursive: bool, stdin_format: str, plain: bool = True) -> None:
        self._fields = fields
        self._plain = plain
        self._home: Home | None = None  # of the folder that is being walked
        self._homes: dict[Path, Home | None] = {}  # of single files' folders
        self._recursive = recursive
        self._stdin_format = stdin_format
        self._seen: dict[str, str] = {}

    def files(self, source: str) -> Iterator[Origin | Problem | Remark]:
        """The files of one source, in sorted order, and what is wrong with the rest."""
        if source == "-":
            yield from self._stdin()
            return
        if source.startswith(("sparql+http://", "sparql+https://")):
            yield from self._endpoint(source)
            return
        if source.startswith(("http://", "https://")):
            yield Problem(source, "is a web address, and nothing is downloaded: save the page and name the file")
            return
        if "\0" in source or not source:
            yield Problem(source, "is no path")
            return
        path = Path(source).expanduser()
        if os.path.lexists(path):
            yield from self._path(path, within=None)
        elif has_magic(source):
            yield from self._pattern(str(path))
        else:
            yield Problem(_uri(path), _missing(path))

    def _endpoint(self, source: str) -> Iterator[Origin | Problem | Remark]:
        """A SPARQL endpoint: what it holds goes to a temporary file, which is gone when it is read."""
        from clew.ingest.load.rdf.endpoint import fetched

        try:
            with fetched(source) as path:
                yield Origin(path, source, urlsplit(source).netloc, "ntriples", self._fields)
        except SourceError as error:
            yield Problem(source, str(error))

    def _pattern(self, pattern: str) -> Iterator[Origin | Problem | Remark]:
        found = sorted(glob(pattern, recursive=self._recursive))  # noqa: PTH207 - Path.glob takes no absolute pattern
        folder = Path(*takewhile(lambda part: not has_magic(part), Path(pattern).parts)).resolve()
        if not found:
            yield Problem(pattern, "matches no file")
        for name in found:
            path = Path(name)
            # With ** the folders match too, and so does all that is in them.
            if not ("**" in pattern and path.is_dir()):
                yield from self._path(path, within=folder)

    def _path(self, path: Path, *, within: Path | None) -> Iterator[Origin | Problem | Remark]:
        """The file, or the files of the folder; `within` is the folder that it must lie in: the one that was named.
        Nothing is opened that is no file."""
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            yield Problem(_uri(path), "is a link to a file that does not exist")
            return
        except OSError as error:
            yield Problem(_uri(path), refused(error))
            return
        resolved = path.resolve()
        if within is not None and not resolved.is_relative_to(within):
            yield Problem(_uri(path), "is a link that leads out of the folder: name the file itself", skipped=True)
        elif resolved.is_relative_to("/proc") or resolved.is_relative_to("/sys"):
            yield Problem(_uri(path), "is no document but a view of the running system")
        elif stat.S_ISDIR(mode):
            yield from self._folder(path, within=within or resolved)
        elif stat.S_ISREG(mode):
            yield self._file(path)
        else:
            yield Problem(_uri(path), "is neither a file nor a folder: pipe it in and name - instead")

    def _folder(self, folder: Path, *, within: Path) -> Iterator[Origin | Problem | Remark]:
        """The files of a folder; one of a kind of its own is read as such, and the report says so."""
        home = None if self._plain or self._home is not None else home_of(folder)
        if home is None:
            yield from self._entries(folder, within=within)
            return
        self._home = home
        yield from self._whole(home) if home.whole else self._entries(folder, within=within)
        self._home = None
        yield Remark(_uri(folder), home.remark())

    def _whole(self, home: Home) -> Iterator[Origin]:
        """A folder that is one source."""
        uri = home.root.as_uri()
        if uri not in self._seen:
            self._seen[uri] = str(home.root)
            yield Origin(home.root, uri, home.root.name, "folder", self._fields, home.read)

    def _entries(self, folder: Path, *, within: Path) -> Iterator[Origin | Problem | Remark]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Problem(_uri(folder), refused(error))
            return
        for entry in entries:
            path = folder / entry.name
            reason = self._reason_to_skip(entry)
            if entry.name == MARKER:
                continue
            if reason:
                yield Problem(_uri(path), reason, skipped=True)
            else:
                yield from self._path(path, within=within)

    def _reason_to_skip(self, entry: os.DirEntry[str]) -> str:
        if entry.name.startswith((".", "~$")):
            return "is hidden"
        if entry.is_dir():
            if self._home is not None and self._home.leaves_out(Path(entry.path)):
                return "belongs to the program that the folder is written with"
            if entry.is_symlink():
                return "is a link to a folder: name that folder itself"
            return "" if self._recursive else "is a subfolder"
        return "" if entry.is_file() or entry.is_symlink() else "is no file"

    def _file(self, path: Path) -> Origin | Problem:
        resolved = path.resolve()
        uri = resolved.as_uri()
        kind = kind_of(resolved.name) or kind_of(path.name)
        if not kind:
            what = f"of the kind {resolved.suffix}" if resolved.suffix else "of a kind that its name does not tell"
            instead = _INSTEAD.get(resolved.suffix.lower(), "save it as .pdf, .docx, .csv or .txt")
            return Problem(uri, f"is {what}, which is not read: {instead}", skipped=True)
        if uri in self._seen:
            return Problem(_uri(path), f"is the same file as {self._seen[uri]}, which is already read", skipped=True)
        self._seen[uri] = str(path)
        home = self._home or self._home_around(resolved)
        reader = home.read if home is not None and home.has(resolved) else None
        return Origin(resolved, uri, resolved.name, kind, self._fields, reader, self._plain)

    def _home_around(self, path: Path) -> Home | None:
        """The vault that a single file lies in, by the mark of its program."""
        if self._plain or kind_of(path.name) not in {"md", "canvas"}:
            return None
        if path.parent not in self._homes:
            self._homes[path.parent] = home_of(path.parent, census=False)
        return self._homes[path.parent]

    def _stdin(self) -> Iterator[Origin | Problem | Remark]:
        """Standard input goes to a temporary file first: its content names it, and some formats must seek."""
        suffix = "." + self._stdin_format.lower().removeprefix(".")
        kind = kind_of(suffix[1:] + suffix)
        if not kind:
            yield Problem("-", f"cannot be read as {self._stdin_format!r}: say one of {', '.join(_USUAL)}")
            return
        if "-" in self._seen:
            yield Problem("-", "is already read", skipped=True)
            return
        self._seen["-"] = "-"
        with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
            try:
                shutil.copyfileobj(sys.stdin.buffer, copy, 1 << 20)
                copy.seek(0)
                digest = hashlib.file_digest(copy, lambda: hashlib.blake2b(digest_size=12)).hexdigest()
            except OSError as error:
                yield Problem("-", refused(error))
                return
            yield Origin(Path(copy.name), f"stdin:{digest}", "standard input", kind, self._fields)


def refused(error: OSError) -> str:
    """The reason of a problem with the file system."""
    if isinstance(error, PermissionError):
        return "may not be read: permission denied"
    return f"cannot be read: {error.strerror or error}"


def _missing(path: Path) -> str:
    """That there is no such path, with the most similar name beside its first part that is missing."""
    try:
        whole = Path(os.path.normpath(path.absolute()))
        absent = next((parent for parent in reversed(whole.parents) if not parent.exists()), whole)
        near = difflib.get_close_matches(absent.name, [entry.name for entry in absent.parent.iterdir()], n=1)
    except OSError:
        return "does not exist"
    return f"does not exist; did you mean {absent.parent / near[0]}?" if near else "does not exist"


def _uri(path: Path) -> str:
    return path.absolute().as_uri()

"""The zip packages that office files are: opened within bounds, their XML parsed without entities or network."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from lxml import etree

from clew.graph.errors import SourceError
from clew.ingest.load.decode import read_bytes
from clew.ingest.load.items import Origin

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_MOST_UNPACKED = 1 << 29
Element = Any  # lxml ships no types
_Made = TypeVar("_Made")


def opened(origin: Origin, program: str, what: str, read: Callable[[bytes], _Made]) -> _Made:
    """What `read` makes of the bytes of the program's file. Raises SourceError where they are no such package."""
    data = read_bytes(origin.path)
    if data.startswith(_OLD_OFFICE):
        raise SourceError(f"is encrypted or in {program}'s old format:", hint="save it anew without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise SourceError("unpacks to over 512 MiB")
        return read(data)
    except SourceError:
        raise
    except Exception as error:  # the libraries let any error out that broken bytes provoke
        raise SourceError(f"is a broken {program} {what}: {str(error) or type(error).__name__}") from error


def parsed(data: bytes) -> Element:
    """The root of the XML, without its entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    root = etree.fromstring(data, parser)
    drop_entities(root)
    return root


def drop_entities(root: Element) -> int:
    """Entities of the file's own, which are not resolved, are gone, and the text after them is not; returns how many
    there were."""
    entities = list(root.iter(etree.Entity))
    for entity in entities:
        parent, before, after = entity.getparent(), entity.getprevious(), entity.tail or ""
        parent.remove(entity)
        if before is None:
            parent.text = (parent.text or "") + after
        else:
            before.tail = (before.tail or "") + after
    return len(entities)


@contextmanager
def archive_of(data: bytes) -> Iterator[Callable[[str], bytes]]:
    """A function from a part's name to its bytes, b"" where there is none."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        yield lambda name: archive.read(name) if name in names else b""


def beside(part: str, target: str) -> str:
    """The name of the part that `target` means, seen from another part."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target)).lstrip("/")


def local(element: Element) -> str:
    """The element's name without its namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """The attribute of this name in whatever namespace, or ""."""
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def drawn_words(root: Element) -> list[str]:
    """The paragraphs of text in a drawing's part (a chart, a diagram)."""
    paragraphs = [element for element in root.iter() if local(element) == "p"]
    said = ["".join(run.text or "" for run in one.iter() if local(run) == "t") for one in paragraphs]
    return [one for one in said if one.strip()]

"""One typed settings object, and where each of its values came from.

In rising order: the default, `clew.toml` (in the working folder or the nearest parent that has one), the environment
(`CLEW_K=8`), the command line. A key that does not exist or a value that cannot be is refused, never ignored.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clew.graph.errors import SettingsError

FILE_NAME = "clew.toml"
PREFIX = "CLEW_"
DEFAULT = "default"
_NOT_SETTINGS = frozenset({"CLEW_DEBUG"})  # read by the command line itself
_KINDS = {str: "text", int: "a whole number", float: "a number"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting is for and which values it takes: `choices`, or `low` to `high`, or text matching `pattern`
    (`allowed` says that in words). A `path` in `clew.toml` is relative to that file; a `secret` is never shown."""

    about: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    allowed: str = ""
    path: bool = False
    secret: bool = False

    def expected(self, kind: type) -> str:
        """The allowed values, in words."""
        if self.choices:
            return "one of: " + ", ".join(self.choices)
        if self.allowed:
            return self.allowed
        if self.low is None:
            return _KINDS[kind]
        return f"{_KINDS[kind]} from {self.low:g}" + (f" to {self.high:g}" if self.high is not None else " up")

    def admits(self, value: object) -> bool:
        """Whether a value of the right type is allowed."""
        if isinstance(value, str):
            fits = not self.pattern or re.fullmatch(self.pattern, value) is not None
            return fits and "\0" not in value and (not self.choices or value in self.choices)
        if isinstance(value, int | float):
            return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default; an impossible value raises SettingsError. `RULES` says what each is for."""

    store: str = "kb"
    encoder: str = "all-MiniLM-L6-v2"
    device: str = "auto"
    extractor: str = "local"
    extractor_model: str = ""
    ontology: str = ""
    chunk_size: int = 1200
    batch_size: int = 64
    reasoner: str = "pagerank"
    checkpoint: str = ""
    k: int = 5
    budget: int = 2000
    hops: int = 3
    paths: int = 8
    sure: float = 0.4
    generator: str = "quote"
    llm_url: str = ""
    llm_model: str = ""
    llm_key: str = dataclasses.field(default="", repr=False)
    llm_price_in: float = 0.0
    llm_price_out: float = 0.0
    llm_budget: float = 0.0
    llm_tokens: int = 0
    llm_timeout: float = 120.0
    llm_concurrency: int = 4
    heap: str = "1g"
    cache: str = ""
    query_timeout: float = 10.0
    query_limit: int = 1000
    threads: int = 0

    def __post_init__(self) -> None:
        for name in RULES:
            _check(name, getattr(self, name), f"setting {name}")


RULES: dict[str, Rule] = {
    "store": Rule(
        "the knowledge base: a folder, arcadedb:PATH, rdf:PATH, neo4j://HOST or memory:",
        pattern=r".*\S.*",
        allowed="a path or URL",
        path=True,
    ),
    "encoder": Rule("sentence encoder, by name or path", pattern=r".*\S.*", allowed="a model's name or path"),
    "device": Rule(
        "where the encoder runs", pattern=r"auto|cpu|mps|cuda(:\d+)?", allowed="one of: auto, cpu, cuda, cuda:N, mps"
    ),
    "extractor": Rule("what reads text: the local model, or a language model", choices=("llm", "local")),
    "extractor_model": Rule("spaCy model that reads text, by name or path (empty: the one that is shipped)"),
    "ontology": Rule("classes and relations that reading keeps to: a YAML or RDF file (empty: none)", path=True),
    "chunk_size": Rule("about how many characters a chunk has (at most a quarter more)", low=100, high=100_000),
    "batch_size": Rule("documents in one transaction", low=1, high=10_000),
    "reasoner": Rule("what scores entities and edges", choices=("gnn", "pagerank")),
    "checkpoint": Rule("folder of a trained network (empty: the one that is shipped)", path=True),
    "k": Rule("how many answer candidates and passages a question keeps", low=1, high=1_000),
    "budget": Rule("most entities in a question's subgraph", low=10, high=1_000_000),
    "hops": Rule("most triples in a reasoning path", low=1, high=6),
    "paths": Rule("most reasoning paths in an answer", low=1, high=1_000),
    "sure": Rule("probability below which nothing is answered", low=0, high=1),
    "generator": Rule("what writes answers: quotes, or a language model", choices=("llm", "quote")),
    "llm_url": Rule(
        "base address of an OpenAI-compatible endpoint (empty: OPENAI_BASE_URL)",
        pattern=r"(?:https?://\S+)?",
        allowed="an http:// or https:// address",
    ),
    "llm_model": Rule("the language model's name there"),
    "llm_key": Rule("its key; better in the environment than in a file", secret=True),
    "llm_price_in": Rule("price of a million tokens sent", low=0),
    "llm_price_out": Rule("price of a million tokens received", low=0),
    "llm_budget": Rule("most that the language model may cost, in the prices' currency (0: no limit)", low=0),
    "llm_tokens": Rule("most tokens that it may take (0: no limit)", low=0),
    "llm_timeout": Rule("seconds that one of its answers may take", low=0.01, high=86_400),
    "llm_concurrency": Rule("most requests to it at once", low=1, high=256),
    "heap": Rule("memory of the embedded graph engine", pattern=r"[1-9]\d*[mMgG]", allowed="a size such as 768m or 2g"),
    "cache": Rule("folder for derived files (empty: the user's cache folder)", path=True),
    "query_timeout": Rule("seconds that a Cypher or SPARQL query may take", low=0.01, high=86_400),
    "query_limit": Rule("most rows of a Cypher query", low=1, high=10_000_000),
    "threads": Rule("processor threads (0: as many as there are)", low=0, high=4_096),
}
_TYPES: dict[str, type] = {field.name: type(field.default) for field in dataclasses.fields(Settings)}


def load_settings(
    start: Path | None = None,
    *,
    overrides: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[Settings, dict[str, str]]:
    """The settings in force in the folder `start` (the working folder where None), and for each its origin:
    `default`, the path of the `clew.toml`, the environment variable, or `command line`. An override that is None
    is not one. Raises SettingsError naming the place, the key and the allowed values."""
    values: dict[str, object] = {}
    origins = dict.fromkeys(_TYPES, DEFAULT)
    file = find_file(start or Path.cwd())
    layers = [_from_file(file)] if file else []
    layers += [_from_environment(os.environ if environ is None else environ), _from_overrides(overrides or {})]
    for layer in layers:
        for name, (value, origin) in layer.items():
            values[name], origins[name] = value, origin
    return Settings(**values), origins  # type: ignore[arg-type] # _check has seen every value


def with_options(settings: Settings, options: Mapping[str, object]) -> Settings:
    """The settings with these options by name; one that is None is not one. Raises SettingsError."""
    layer = _from_overrides(options)
    return dataclasses.replace(settings, **{name: value for name, (value, _) in layer.items()})  # type: ignore[arg-type] # _check has seen every value


def find_file(start: Path) -> Path | None:
    """The `clew.toml` in this folder or in the nearest parent that has one."""
    folder = start.resolve()
    return next((place / FILE_NAME for place in (folder, *folder.parents) if _is_file(place / FILE_NAME)), None)


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a parent folder that one may not look into holds no settings
        return False


_Layer = dict[str, tuple[object, str]]  # name -> value, origin


def _from_file(file: Path) -> _Layer:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} is not valid TOML: {error}.", hint="Correct that line, or remove the file."
        ) from error
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be read: {error.strerror}.", hint="Make it readable, or remove it."
        ) from error
    inner = table.pop("clew", None)
    if isinstance(inner, dict):
        table = {**table, **inner}
    layer: _Layer = {}
    for key, value in table.items():
        name = _known(key.replace("-", "_"), key, str(file))
        checked = _check(name, value, f"{file}, key {key}")
        if RULES[name].path and isinstance(checked, str):
            checked = _beside(file, checked)
        layer[name] = (checked, str(file))
    return layer


def _from_environment(environ: Mapping[str, str]) -> _Layer:
    layer: _Layer = {}
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in _NOT_SETTINGS:
            name = _known(variable.removeprefix(PREFIX).lower(), variable, "the environment", PREFIX)
            layer[name] = (_check(name, _parse(name, environ[variable]), f"environment variable {variable}"), variable)
    return layer


def _from_overrides(overrides: Mapping[str, object]) -> _Layer:
    layer: _Layer = {}
    for key, value in overrides.items():
        if value is not None:
            name = _known(key, key, "the options")
            text = os.fspath(value) if isinstance(value, Path) else value
            layer[name] = (_check(name, text, f"option {key}"), "command line")
    return layer


def _known(name: str, key: str, place: str, prefix: str = "") -> str:
    """The name, which is a setting's."""
    if name in _TYPES:
        return name
    near = difflib.get_close_matches(name, _TYPES, n=1)
    written = [prefix + (known.upper() if prefix else known) for known in (near or sorted(_TYPES))]
    hint = f"Did you mean {written[0]}?" if near else f"The settings are: {', '.join(written)}."
    raise SettingsError(f"There is no setting {key!r} (in {place}).", hint=hint)


def _parse(name: str, text: str) -> object:
    """The text as the setting's type; unchanged where it is none, for `_check` to refuse."""
    try:
        return _TYPES[name](text.strip())
    except ValueError:
        return text


def _check(name: str, value: object, place: str) -> object:
    """The value in the setting's type, within its rule."""
    kind, rule = _TYPES[name], RULES[name]
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is kind and rule.admits(value):
        return value
    hint = f"It takes {rule.expected(kind)}."
    near = difflib.get_close_matches(value, rule.choices, n=1) if isinstance(value, str) else []
    shown = "what is set" if rule.secret else repr(value)
    raise SettingsError(f"{place}: {shown} is not possible.", hint=hint + (f" Did you mean {near[0]}?" if near else ""))


def _beside(file: Path, text: str) -> str:
    """A relative path or path URL, taken from the file's folder."""
    scheme, colon, rest = text.partition(":")
    if not colon or len(scheme) == 1 or "/" in scheme or "\\" in scheme:
        return str(file.parent / Path(text).expanduser()) if text else text
    return f"{scheme}:{file.parent / Path(rest).expanduser()}" if scheme in {"arcadedb", "rdf"} else text


def shown(settings: Settings, name: str) -> object:
    """The setting's value as anybody may see it: of a secret only whether there is one."""
    value: object = getattr(settings, name)
    return "(set)" if RULES[name].secret and value else value


__all__ = ["RULES", "Settings", "find_file", "load_settings", "shown", "with_options"]

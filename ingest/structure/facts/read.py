"""One document's structure, read: what must be known of its words, then its facts and the passages that are left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clew.graph.model import Document, name_key
from clew.ingest.structure.blocks import Block
from clew.ingest.structure.facts.facts import Facts, Passage, name_subject
from clew.ingest.structure.facts.outline import Outline, Subject, is_file, stem_of
from clew.ingest.structure.facts.pair_facts import PairReader, asked_of_pair
from clew.ingest.structure.facts.phrases import Phrase
from clew.ingest.structure.facts.table_facts import TableReader
from clew.ingest.structure.facts.tables import Grid

_LONGEST_ASKED = 200  # characters; longer values are prose


class Structure:
    """The structure of one document. First `asked`, then `facts` with the answers."""

    def __init__(self, document: Document, blocks: Sequence[Block]) -> None:
        self.outline = Outline(document, blocks)
        self.grids = {block.start: Grid(document.text, block) for block in blocks if block.kind == "table"}

    def asked(self) -> list[str]:
        """The words that must be known as phrases, each once: headings, keys, values, items and cells."""
        return list(dict.fromkeys(words for words in self._asked() if 0 < len(words) <= _LONGEST_ASKED))

    def _asked(self) -> Iterator[str]:
        text = self.outline.text
        yield self.outline.named.name
        for section in self.outline.sections[1:]:
            yield section.title
        listed = False
        for block in self.outline.blocks:
            if block.kind == "pair":
                yield from asked_of_pair(text, block)
            elif block.kind == "table":
                yield from self.grids[block.start].asked()
            elif block.kind == "item" and listed:
                yield text[block.start : block.end]
            listed = block.kind in {"item", "heading"} or (block.kind == "pair" and block.value[0] == block.value[1])

    def facts(self, phrases: Mapping[str, Phrase]) -> Facts:
        """What the structure states, and what is left to be read as sentences, in the order of the text."""
        outline, facts = self.outline, Facts(self.outline.text)
        outline.learn(phrases)
        facts.subject, facts.headed = outline.top, len(outline.sections) > 1
        owned = (section.own for section in outline.sections if section.own is not None)
        for subject in dict.fromkeys([outline.named, outline.top, *owned]):
            name_subject(facts, subject)
        known = self._known(phrases, facts)
        plain = is_file(outline.document) and outline.document.annotations is None
        fallback = Subject(stem_of(outline.document)) if plain else Subject()
        pairs = PairReader(outline, phrases, known, facts, fallback)
        for number, block in enumerate(outline.blocks):
            if block.kind == "pair":
                pairs.read(block, outline.blocks[number + 1 : number + 200])
            elif block.kind == "table":
                self._table(block, phrases, known, facts)
            elif block.kind in {"paragraph", "item"}:
                facts.passages.append(self._passage(block))
        for section in outline.sections[1:]:
            pairs.read_heading(section.blocks, section.title)
        return facts

    def _known(self, phrases: Mapping[str, Phrase], facts: Facts) -> dict[str, str]:
        """The names of things that headings and tables give, by their keys."""
        known: dict[str, str] = {}
        for grid in self.grids.values():
            grid.learn(phrases)
            known.update(TableReader(grid, phrases, {}, facts, Subject()).names())
        for section in self.outline.sections:
            if section.own is not None:
                known.update((name_key(name), section.own.name) for name in (section.own.name, *section.own.aliases))
        return known

    def _table(self, block: Block, phrases: Mapping[str, Phrase], known: Mapping[str, str], facts: Facts) -> None:
        about = self.outline.head(block)
        TableReader(self.grids[block.start], phrases, known, facts, about).read()

    def _passage(self, block: Block) -> Passage:
        own = self.outline.subject(block)
        return Passage(block.start, block.end, block.silent, None if own is self.outline.top else own, line=True)


__all__ = ["Structure"]

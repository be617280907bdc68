"""Across files: company forms keep firms apart, blanks and initials do not, and where two fit nothing is merged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import clew

Open = Callable[..., clew.KnowledgeGraph]


def one(open_kb: Open, folder: Path, texts: list[str], first: str, second: str) -> bool:
    """Are the two names one entity, once these texts are files of a folder?"""
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    kg = open_kb()
    kg.ingest(str(folder))
    found = [{entity.id for entity in kg.store.entities() if name in entity.names} for name in (first, second)]
    return all(found) and bool(found[0] & found[1])


CASES = [
    (["Meridian Ltd is based in Leeds. Meridian Ltd sells pumps.", "Meridian GmbH is based in Ulm."],
     "Meridian Ltd", "Meridian GmbH", False),
    (["Orrin Inc. is based in Leeds.", "Orrin LLC is based in Ulm."], "Orrin Inc.", "Orrin LLC", False),
    (["Halden Limited is based in Leeds.", "Halden Ltd sells pumps in Leeds."], "Halden Limited", "Halden Ltd", True),
    (["Open Vault is based in Leeds. Open Vault sells safes.", "OpenVault hired Ida Ott in Leeds."],
     "Open Vault", "OpenVault", True),
    (["The survey was led by Arvid Solheim in 2019.", "K. T. Arvid Solheim is a geologist. He was born in Tromso."],
     "Arvid Solheim", "K. T. Arvid Solheim", True),
    (["Kwabena Asare repaired the cutter.", "K. Asare was born in Accra."], "Kwabena Asare", "K. Asare", True),
    (["Kwabena Asare repaired the cutter.", "Kofi Asare repaired the press.", "K. Asare was born in Accra."],
     "Kwabena Asare", "K. Asare", False),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{case[1]}-{case[3]}" for case in CASES])
def test_spellings(open_kb: Open, tmp_path: Path, case: tuple[list[str], str, str, bool]) -> None:
    texts, first, second, same = case
    assert one(open_kb, tmp_path, texts, first, second) == same

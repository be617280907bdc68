"""Vaults of notes: links, properties, aliases, tags and tasks are facts, in every dialect; bad notes lose nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clew.ingest.load.load import Loaded
from clew.ingest.load.notes.vault import Head, Vault

Told = Callable[..., tuple[list[Loaded], str]]
Said = Callable[..., set[tuple[str, str, str]]]

VAULT = {
    ".obsidian/app.json": "{}",
    "People/Ines Moreau.md": """---
aliases: [Ines, IM]
tags: [person, team/platform]
role: Platform lead
manager: "[[Tobias Lenk]]"
started: 2021-03-01
---
Met at [[PyConf 2020]]. Maintains [[Harrow]] together with [[Kofi Adu|Kofi]].
Born in Lille.
""",
    "People/Kofi Adu.md": """---
aliases: ["Kofi"]
tags: [person]
location: Accra
---
works with:: [[Ines Moreau]]
birthday:: 4 May

Wrote the scheduler of [[Harrow]]. Left the on-call rota in June.
""",
    "People/Tobias Lenk.md": "---\ntags: [person]\n---\nHeads engineering. Reports to [[Marta Vidal]].\n",
    "Projects/Harrow.md": """---
tags: [project]
depends on:
  - "[[Ledgerline]]"
  - "[[Pigeon queue]]"
---
# Harrow
Batch system. ![[harrow-diagram.png]]
> [!warning] Restart only after a drain.

- [ ] Move to new cluster (owner: [[Kofi Adu]])
- [x] Write the runbook ^runbook

See [[Ledgerline#Limits|limits of Ledgerline]].

```
[[Not a link]]
```
Nor is `[[this]]`.
""",
    "Projects/Ledgerline.md": '---\nowner: "[[tobias lenk]]"\n---\n## Limits\nAt most 400 writes per second.\n',
    "2026-02-11.md": "- 09:30 call with [[Ines]]: #decision keep [[Pigeon queue]] until Q3\n",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return write(tmp_path / "vault", VAULT)


def stated(loaded: list[Loaded]) -> set[tuple[str, str, str]]:
    return {(each.head, each.relation, each.tail) for item in loaded for each in item.triples}


def test_properties_and_links_are_facts(vault: Path, told: Told) -> None:
    facts = stated(told(vault)[0])
    assert {
        ("Ines Moreau", "manager", "Tobias Lenk"),
        ("Ines Moreau", "role", "Platform lead"),
        ("Ines Moreau", "started", "2021-03-01"),
        ("Ines Moreau", "tagged", "team/platform"),
        ("Ines Moreau", "tagged", "team"),
        ("Kofi Adu", "works with", "Ines Moreau"),
        ("Kofi Adu", "birthday", "4 May"),
        ("Kofi Adu", "location", "Accra"),
        ("Harrow", "depends on", "Ledgerline"),
        ("Harrow", "depends on", "Pigeon queue"),
        ("Harrow", "embeds", "harrow-diagram.png"),
        ("Harrow", "warning", "Restart only after a drain."),
        ("Harrow", "links to", "Ledgerline"),
        ("Ledgerline", "owner", "Tobias Lenk"),
        ("Pigeon queue", "decision", "keep Pigeon queue until Q3"),
        ("Ines Moreau", "mentioned on", "2026-02-11"),
        ("Move to new cluster (Harrow)", "owner", "Kofi Adu"),
        ("Move to new cluster (Harrow)", "state", "open"),
        ("Write the runbook (Harrow)", "state", "done"),
    } <= facts
    assert not {tail for _, _, tail in facts} & {"Not a link", "this", "Ines", "limits of Ledgerline"}
    assert not any(head.startswith("2026") for head, _, _ in facts), "a day is no hub"


def test_every_fact_and_link_stands_where_it_says(vault: Path, told: Told) -> None:
    for item in told(vault)[0]:
        text = item.document.text
        for triple in item.triples:
            shown = text[triple.start : triple.end]
            assert triple.start < triple.end
            assert triple.relation in {"links to", "mentioned on", "tagged", "task", "state"} or (
                triple.tail in shown or triple.tail.casefold() in shown.casefold() or "Ines" in shown
            ), (triple, shown)
        for link in item.document.annotations.links:  # type: ignore[attr-defined]
            assert text[link.start : link.end].strip() == text[link.start : link.end] != ""


def test_lines_without_a_subject_are_said_of_the_note(vault: Path, said: Said) -> None:
    facts = said(vault)
    assert ("Kofi Adu", "wrote scheduler of", "Harrow") in facts
    assert ("Ines Moreau", "maintained", "Harrow") in facts
    assert ("Ines Moreau", "born in", "Lille") in facts
    assert ("Tobias Lenk", "reported to", "Marta Vidal") in facts
    assert ("Tobias Lenk", "links to", "Marta Vidal") not in facts, "the verb says more than the link"


def test_the_report_says_what_the_folder_is_and_counts(vault: Path, told: Told) -> None:
    _, report = told(vault)
    assert "is read as an Obsidian vault: 6 notes" in report
    assert "3 aliases" in report
    assert "2 tasks" in report
    assert "nobody wrote" in report
    assert "PyConf 2020" in report


def test_plain_takes_a_vault_for_files(vault: Path, told: Told) -> None:
    loaded, report = told(vault, plain=True)
    assert "Obsidian" not in report
    assert not any(item.triples for item in loaded)


def test_one_note_of_a_vault_is_read_as_a_part_of_it(vault: Path, told: Told) -> None:
    facts = stated(told(vault / "2026-02-11.md")[0])
    assert ("Ines Moreau", "mentioned on", "2026-02-11") in facts


def test_aliases_are_names(vault: Path, told: Told) -> None:
    links = {
        (item.document.text[link.start : link.end], link.name)
        for item in told(vault)[0]
        for link in item.document.annotations.links  # type: ignore[attr-defined]
    }
    assert {("Ines", "Ines Moreau"), ("IM", "Ines Moreau"), ("Kofi", "Kofi Adu")} <= links


def test_a_link_means_one_note(tmp_path: Path) -> None:
    vault = Vault.of(
        [
            Head("People/Ines Moreau", "", ("Ines",)),
            Head("Projects/Harrow"),
            Head("Archive/Old/Harrow"),
            Head("pump-order", "Pump order"),
            Head("202603011200 Zettel idea"),
            Head("2026-02-11"),
        ]
    )
    cases = [
        ("harrow#Limits", "2026-02-11", "Harrow"),
        ("Harrow^block", "Archive/Old/Other", "Harrow (Archive/Old)"),
        ("Archive/Old/Harrow", "x", "Harrow (Archive/Old)"),
        ("../People/Ines%20Moreau.md", "Projects/Harrow", "Ines Moreau"),
        ("INES", "x", "Ines Moreau"),
        ("pump-order", "x", "Pump order"),
        ("202603011200 Zettel idea", "x", "Zettel idea"),
        ("People/Nobody Here", "x", "Nobody Here"),
    ]
    assert [vault.target(link, source).name for link, source, _ in cases] == [name for _, _, name in cases]
    assert vault.target("Feb 11th, 2026", "x").day == vault.target("2026-02-11", "x").day == "2026-02-11"
    assert vault.target("photo.png", "x").file
    assert vault.namesakes == ("Harrow",)
    assert vault.exact("Harrow") is None, "two notes go by it"


def test_logseq(tmp_path: Path, told: Told) -> None:
    root = write(
        tmp_path,
        {
            "logseq/config.edn": "{}",
            "logseq/bak/pages/Old.md": "- gone",
            "pages/Mill House.md": "alias:: The Mill, MH\ntags:: place\n\n"
            "- owner:: [[Ada Berg]]\n- TODO Fix the roof\n- DONE Paint\n",
            "pages/team___north.md": "- [[Ada Berg]]\n  role:: warden\n",
            "journals/2026_03_02.md": "- [[Ada Berg]] signed the lease\n",
        },
    )
    loaded, report = told(root)
    assert "a Logseq graph: 3 notes" in report
    assert {
        ("Mill House", "owner", "Ada Berg"),
        ("Mill House", "tagged", "place"),
        ("Fix the roof (Mill House)", "state", "open"),
        ("Paint (Mill House)", "state", "done"),
        ("Ada Berg", "role", "warden"),
        ("Ada Berg", "mentioned on", "2026-03-02"),
    } <= stated(loaded)
    assert not any("gone" in item.document.text for item in loaded)


def test_foam_and_folders_with_many_links(tmp_path: Path, told: Told) -> None:
    files = {
        "pump-order.md": "# Pump order\n\nPlaced by [[ana-torres]]. See [[quotes/hydromar|the quote]].\n",
        "ana-torres.md": "# Ana Torres\n\nHead of procurement, see [[pump-order]].\n",
        "quotes/hydromar.md": "# Hydromar\n\nA supplier.\n",
    }
    foam = write(tmp_path / "foam", {".foam/x": "", **files})
    plain = write(tmp_path / "plain", files)
    for root, what in ((foam, "a Foam workspace"), (plain, "a folder of linked notes")):
        loaded, report = told(root)
        assert what in report
        assert ("Pump order", "links to", "Ana Torres") in stated(loaded)
        assert ("Pump order", "links to", "Hydromar") in stated(loaded)


def test_a_wiki_of_relative_links(tmp_path: Path, told: Told) -> None:
    root = write(
        tmp_path,
        {
            "index.md": "# Handbook\n\nStart with [installing](guide/install.md), then [use](./guide/use.md#first).\n",
            "guide/install.md": "# Installing\n\nBack to [the start](../index.md) or [the site](https://example.org).\n",
            "guide/use.md": "# Using it\n\nNeeds [an installation](install.md).\n",
        },
    )
    loaded, report = told(root)
    assert "a wiki in Markdown: 3 notes, 4 links" in report
    assert {
        ("Handbook", "links to", "Installing"),
        ("Handbook", "links to", "Using it"),
        ("Installing", "links to", "Handbook"),
        ("Installing", "links to", "https://example.org"),
        ("Using it", "links to", "Installing"),
    } <= stated(loaded)


def test_folders_of_plain_markdown_are_no_vault(tmp_path: Path, told: Told) -> None:
    root = write(tmp_path, {f"{n}.md": f"# Page {n}\n\nSome words, and `[[x]]` in code.\n" for n in range(5)})
    assert "read as" not in told(root)[1]


def test_dialect_of_properties_fields_and_tasks(tmp_path: Path, told: Told) -> None:
    root = write(
        tmp_path,
        {
            ".obsidian/a.json": "{}",
            "Mill.md": "---\nbuilt_in: 1893\nkeepers: [[Ada Berg]]\nsize: {rooms: 12}\nopen: true\nwarden: ada\n---\n"
            "The mill has [area:: 240 m2] and (heated with:: [[Wood]]).\n"
            "- [ ] Oil the hinges 📅 2026-05-01 @Ada #upkeep\n- [-] Sell it [owner:: [[Ada Berg]]]\n\n"
            "==Closed== in winter. #place/mill #2026 and C# or a#b.\n",
            "Ada Berg.md": "---\naliases: Ada\n---\nx\n",
        },
    )
    facts = stated(told(root)[0])
    assert {
        ("Mill", "built in", "1893"),
        ("Mill", "keepers", "Ada Berg"),
        ("Mill", "size rooms", "12"),
        ("Mill", "open", "true"),
        ("Mill", "warden", "Ada Berg"),
        ("Mill", "area", "240 m2"),
        ("Mill", "heated with", "Wood"),
        ("Oil the hinges @Ada (Mill)", "due", "2026-05-01"),
        ("Oil the hinges @Ada (Mill)", "owner", "Ada Berg"),
        ("Sell it (Mill)", "owner", "Ada Berg"),
        ("Sell it (Mill)", "state", "cancelled"),
        ("Mill", "tagged", "place/mill"),
    } <= facts
    assert not {tail for _, relation, tail in facts if relation == "tagged"} & {"2026", "or", "b"}


def test_canvas(tmp_path: Path, told: Told) -> None:
    board = {
        "nodes": [
            {"id": "1", "type": "file", "file": "Ada Berg.md"},
            {"id": "2", "type": "text", "text": "Mill House"},
            {"id": "3", "type": "text", "text": "A long\nnote"},
        ],
        "edges": [
            {"fromNode": "1", "toNode": "2", "label": "keeps"},
            {"fromNode": "2", "toNode": "1"},
            {"fromNode": "1", "toNode": "3"},
            {"fromNode": "9", "toNode": "1"},
        ],
    }
    root = write(tmp_path, {".obsidian/a": "", "Ada Berg.md": "x", "Board.canvas": json.dumps(board)})
    loaded, _ = told(root)
    assert {("Ada Berg", "keeps", "Mill House"), ("Mill House", "links to", "Ada Berg")} == stated(loaded)
    assert any("A long\nnote" in item.document.text for item in loaded)


def test_bad_notes_lose_nothing(tmp_path: Path, told: Told) -> None:
    root = write(
        tmp_path,
        {
            ".obsidian/a": "",
            "Broken.md": '---\nowner: "[[Ada]]"\n: : [\nsize: 12\n---\nStill read, with [[Loop]].\n',
            "Loop.md": "Goes to [[Broken]] and [[Loop]].\n",
            "a/Twin.md": "One.\n",
            "b/Twin.md": "Two, not [[a/Twin]].\n",
            "Open.md": "---\nnever closed\n[[Loop]] [[ [[]] [[]]]] ![[\n",
            "Empty.md": " \n",
            "Deep.md": "---\nx: " + "[" * 3000 + "\n---\n[[Loop]]\n",
        },
    )
    loaded, report = told(root)
    texts = {item.document.title: item.document.text for item in loaded}
    facts = stated(loaded)
    assert ("Broken", "owner", "Ada") in facts
    assert ("Broken", "size", "12") in facts
    assert ": : [" in texts["Broken"]
    assert "no valid YAML" in report
    assert "Empty.md is empty" in report
    assert "told apart by their folder (Twin)" in report
    assert {"Twin", "Twin (b)"} <= set(texts)
    assert ("Twin (b)", "links to", "Twin") in facts
    assert ("Loop", "links to", "Loop") not in facts
    assert ("Deep", "links to", "Loop") in facts
    assert "never closed" in texts["Open"]


def test_a_note_of_five_megabytes_is_read_in_linear_time(tmp_path: Path, told: Told) -> None:
    seconds = []
    for size in (2_000, 8_000):
        root = write(tmp_path / str(size), {".obsidian/a": "", "Big.md": "Word [[Other]] and a #tag. " * 2 * size})
        start = time.perf_counter()
        loaded, _ = told(root)
        seconds.append(time.perf_counter() - start)
        assert sum(link.name == "Other" for link in loaded[0].document.annotations.links) == 2 * size  # type: ignore[attr-defined]
    assert seconds[1] < 10 * seconds[0] + 1


def test_words_that_look_like_our_own_marks_are_words(tmp_path: Path, told: Told) -> None:
    root = write(tmp_path, {".obsidian/a": "", "Odd.md": "A \ufdd00\ufdd1 sign \ufdd2 and [[Other]].\n"})
    loaded, _ = told(root)
    assert [link.name for link in loaded[0].document.annotations.links] == ["Other"]  # type: ignore[attr-defined]
    assert "sign" in loaded[0].document.text


def test_a_note_is_read_again_where_its_links_come_to_mean_something_else(tmp_path: Path, told: Told) -> None:
    root = write(tmp_path, {".obsidian/a": "", "A.md": "See [[Ines]].\n"})
    before = told(root)[0][0].document
    assert told(root)[0][0].document.content_hash == before.content_hash
    write(root, {"Ines Moreau.md": "---\naliases: [Ines]\n---\nx\n"})
    after = next(item.document for item in told(root)[0] if item.document.title == "A")
    assert after.content_hash != before.content_hash
    assert after.id == before.id


def test_what_a_linked_note_says_of_itself_is_its_kind_where_it_is_linked(tmp_path: Path, told: Told) -> None:
    vault = write(
        tmp_path / "v",
        {
            ".obsidian/app.json": "{}",
            "A.md": "Went to [[Harrow]] with [[Ravi Sen]], [[Wren]] and [[Lark]]. lead:: [[Wren]]\n",
            "Harrow.md": "Old place.\n\n#area/city\n",
            "Ravi Sen.md": "---\ntype: company\ntags: [person]\n---\nOnce.\n",
            "Wren.md": "---\ntags: [team/engineer]\n---\nA note.\n",
            "Lark.md": "```\n#person\n```\nNothing tells.\n",
        },
    )
    loaded, _ = told(vault)
    kinds = {link.name: link.type for link in loaded[0].document.annotations.links}  # type: ignore[attr-defined]
    assert kinds == {"Harrow": "PLACE", "Ravi Sen": "ORGANISATION", "Wren": "PERSON", "Lark": "OTHER"}
    (vault / "Lark.md").write_text("#person\n", encoding="utf-8")
    again, _ = told(vault)
    assert again[0].document.content_hash != loaded[0].document.content_hash, "it is read anew"

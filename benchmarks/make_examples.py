"""Write examples/wikipedia: 600 passages in which twenty questions have all their gold passages.

The questions are chosen by hand, from the `dev` side of the split alone; the other passages at random by a fixed seed.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from common import EXAMPLE, Question, arguments, passages, questions, write_corpus

PASSAGES = 600
SEED = 600

# Ones that the graph answers: a demonstration shows what works, the other seventeen what does not yet.
DEMO = (
    "Where was the composer of song By The Beautiful Sea (Song) born?",
    "Who is the mother of the director of film Atomised (Film)?",
    "Who is Adelaide Of Burgundy, Duchess Of Brabant's paternal grandfather?",
)
CHOSEN = (
    *DEMO,
    # two hops, both stated
    "What is the place of birth of the performer of song Somebody Slap Me?",
    "Where did Fedor Frešo's father die?",
    "Where was the director of film Aylwin (Film) born?",
    "Who is the father of the director of film Someone I Loved?",
    "Where was the husband of Jeanne Raunay born?",
    "Where was the director of film Noose (1958 Film) born?",
    "Where was the place of death of the director of film Goodbye, Franziska (1941 Film)?",
    "What is the place of birth of Richard Socarides's father?",
    # two hops that make one relation
    "Who is the paternal grandfather of Hamad Bin Isa Al Khalifa?",
    "Who is William Ii, Prince Of Nassau-Dillenburg's paternal grandfather?",
    # two entities side by side
    "Are Marufabad and Nasamkhrali both located in the same country?",
    "Which film came out earlier, Two Brides And A Baby or Dinner At The Ritz?",
    "Who is younger, Denise Kandel or Bruce Robinson?",
    "Who lived longer, Jean-Rodolphe Perronet or Gunnar Wiklund?",
    # two films, by way of their directors
    "Which film has the director born later, South American George or Getting In?",
    "Do both films The Umbrella Coup and The Cow And I have the directors that share the same nationality?",
    "Which film has the director who died first, Karin Daughter Of Ingmar or The Man In The Trunk?",
)

ATTRIBUTION = """\
# Where these passages come from

- `passages.jsonl`: the opening sections of {passages} articles of the English **Wikipedia**, by their authors, under
  the Creative Commons Attribution-ShareAlike licence (CC BY-SA: <https://creativecommons.org/licenses/by-sa/4.0/>).
  Each `title` is the title of an article; `https://en.wikipedia.org/wiki/TITLE`, with underscores for spaces, leads
  to the article, and its history names its authors. What is derived from these passages and passed on stays under
  the same licence.
- `questions.jsonl`: {questions} questions of **2WikiMultihopQA** (Ho, Duong Nguyen, Sugawara, Aizawa: "Constructing
  A Multi-hop QA Dataset for Comprehensive Evaluation of Reasoning Steps", COLING 2020;
  <https://github.com/Alab-NII/2wikimultihop>), Apache-2.0. The passages come from the same data set.

Changes. Only the opening section of each article is here. The data set's preparation split and joined the words again
(tokenisation), so that spaces around brackets, hyphens and quotation marks differ from the articles', and some
passages lost the text of a template. From its passages we took {passages}: all that the questions need, the others at
random. We added the title as `id`, sorted by it, and marked three questions for the demo.
`benchmarks/make_examples.py` does all of it.
"""


def chosen_questions(data: Path) -> list[Question]:
    """The questions named above, in that order; fails where one is not on the dev side."""
    by_text = {question.text: question for question in questions(data, split="dev")}
    missing = [text for text in CHOSEN if text not in by_text]
    if missing:
        raise SystemExit(f"Not among the dev questions: {missing}")
    return [by_text[text] for text in CHOSEN]


def choose_passages(found: list[dict[str, str]], needed: set[str]) -> list[dict[str, str]]:
    """The needed passages and as many others, at random, as make `PASSAGES`; by title."""
    gold = [passage for passage in found if passage["title"] in needed]
    if len(gold) != len(needed):
        raise SystemExit(f"Not in the corpus: {needed - {passage['title'] for passage in gold}}")
    others = sorted((p for p in found if p["title"] not in needed), key=lambda passage: passage["title"])
    chosen = gold + random.Random(SEED).sample(others, PASSAGES - len(gold))
    return sorted(chosen, key=lambda passage: passage["title"])


def write_lines(path: Path, rows: list[dict[str, object]]) -> None:
    """The rows as JSON, one a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def question_row(question: Question) -> dict[str, object]:
    """The question as it stands in the file."""
    row: dict[str, object] = {
        "question": question.text,
        "answer": question.answer,
        "type": question.type,
        "gold_titles": list(question.gold_titles),
    }
    return {**row, "demo": True} if question.text in DEMO else row


def main() -> None:
    """Write the folder again."""
    options = arguments(str(__doc__).splitlines()[0]).parse_args()
    asked = chosen_questions(options.data)
    chosen = choose_passages(passages(options.data), {title for question in asked for title in question.gold_titles})
    EXAMPLE.mkdir(parents=True, exist_ok=True)
    write_corpus(chosen, EXAMPLE / "passages.jsonl")
    write_lines(EXAMPLE / "questions.jsonl", [question_row(question) for question in asked])
    text = ATTRIBUTION.format(passages=len(chosen), questions=len(asked))
    (EXAMPLE / "ATTRIBUTION.md").write_text(text, encoding="utf-8")
    print(f"{len(chosen)} passages, {len(asked)} questions in {EXAMPLE}")


if __name__ == "__main__":
    main()

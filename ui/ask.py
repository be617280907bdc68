"""The question page: ask, read the answer with its numbered sentences, see the path drawn.

Text from documents is untrusted: it is shown through `html.escape` or widgets that read no markup, so that it can
neither style the page nor make the browser fetch anything.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

import clew
from clew.cli.show import arrows, headline, proof, sorted_evidence
from clew.demo_data import demo_questions
from clew.ui.draw import path_dot

if TYPE_CHECKING:
    from clew import Quote

_DRAWN = 3  # other paths in one drawing; more of them cannot be read
_EXAMPLES = 3


def ask_page(kg: clew.KnowledgeGraph) -> None:
    """The question box with examples, and the answer to the last question."""
    with st.form("question", border=False):
        left, right = st.columns([6, 1], vertical_alignment="bottom")
        typed = left.text_input("Your question", key="typed", placeholder="Who, what, when, where ...?")
        asked = right.form_submit_button("Ask", type="primary", width="stretch")
    question = typed.strip() if asked else ""
    question = question or clicked_example(kg, folded=asked or "answer" in st.session_state)
    if asked and not question:
        st.info("Type a question first.")
    if question:
        st.session_state.pop("answer", None)
        with st.spinner("Following the thread ..."):
            st.session_state["answer"] = (question, kg.ask(question))
    if "answer" in st.session_state:
        show_answer(*st.session_state["answer"])


def clicked_example(kg: clew.KnowledgeGraph, *, folded: bool) -> str:
    """The example that was just clicked, if any; the examples are out of the way where `folded`."""
    examples = example_questions(kg)
    if not examples:
        return ""
    with st.expander("Questions to try", expanded=not folded):
        clicked = [st.button(plain(example), key=f"example-{place}") for place, example in enumerate(examples)]
    return next((example for example, hit in zip(examples, clicked, strict=True) if hit), "")


@st.cache_data(show_spinner=False, ttl=60, hash_funcs={clew.KnowledgeGraph: id})
def example_questions(kg: clew.KnowledgeGraph) -> list[str]:
    """The demonstration's questions, where their documents are in this knowledge base."""
    try:
        known = [item.question for item in demo_questions() if all(_has(kg, title) for title in item.titles)]
    except clew.ClewError:  # an installation without the demonstration
        return []
    return known[:_EXAMPLES]


def _has(kg: clew.KnowledgeGraph, name: str) -> bool:
    try:
        kg.find(name)
    except clew.NotFoundError:
        return False
    return True


def show_answer(question: str, answer: clew.Answer) -> None:
    """One answer, from its text down to its timings."""
    st.divider()
    block("p", question, "opacity:.7;margin:0")
    if answer.abstained and not answer.evidence:
        st.warning(f"No answer: {plain(answer.reason)}")
    else:
        block(
            "p",
            headline(answer),
            "font-size:1.6rem;font-weight:600;margin:.2rem 0 .8rem;line-height:1.3;white-space:pre-line",
        )
    if proof(answer):
        st.subheader("Reasoning path")
        show_paths(answer)
    needed, more = sorted_evidence(answer)
    if needed:
        st.subheader("Evidence")
        show_evidence(needed)
    if more:
        with st.expander(f"Also found ({len(more)})"):
            show_evidence(more)
    show_details(answer)


def show_paths(answer: clew.Answer) -> None:
    """The paths that prove the answer, drawn and written; the others in a fold."""
    best = proof(answer)
    others = [path for path in answer.paths if path not in best]
    top = [candidate.name for candidate in answer.candidates[:1]]
    alt = "; ".join(arrows(path, answer.names) for path in best)
    st.graphviz_chart(path_dot(best, answer.names, answers=top), width="content", alt=alt)
    if others:
        with st.expander(f"Other paths ({len(others)})"):
            st.graphviz_chart(path_dot(others[:_DRAWN], answer.names), width="content")
            for path in others:
                block("p", f"{arrows(path, answer.names)}   ({path.score:.2f})", "margin:.1rem 0")


def show_evidence(items: Iterable[clew.Evidence]) -> None:
    """Numbered statements, each over the sentences that say it and where they stand."""
    for item in items:
        sources = "".join(source_html(quote, item.statement) for quote in item.quotes)
        st.html(f"<div><b>[{item.number}]</b> {html.escape(item.statement)}{sources}</div>")


def source_html(quote: Quote, statement: str) -> str:
    """The sentence, unless it is the statement itself, over its document's title and its place there."""
    text = "" if quote.text == statement else f"{html.escape(quote.text)}<br>"
    place = f"{quote.title} \N{MIDDLE DOT} {quote.uri} \N{MIDDLE DOT} characters {quote.start}\N{EN DASH}{quote.end}"
    return (
        '<blockquote style="margin:.2rem 0 .4rem 1.6rem;padding-left:.8rem;border-left:3px solid #9aa4b2">'
        f'{text}<small style="opacity:.65;overflow-wrap:anywhere">{html.escape(place)}</small></blockquote>'
    )


def show_details(answer: clew.Answer) -> None:
    """What else was considered, and how long each step took."""
    with st.expander("Candidates and timings"):
        left, right = st.columns([2, 1])
        if answer.candidates:
            rows = [
                {"candidate": candidate.name, "score": round(candidate.score, 4)} for candidate in answer.candidates
            ]
            left.dataframe(rows, hide_index=True)
        else:
            left.caption("No candidates.")
        steps = [{"step": step, "ms": round(taken, 1)} for step, taken in answer.timings.items()]
        right.dataframe(steps, hide_index=True)


def say_error(error: clew.ClewError) -> None:
    """What is wrong and what to do about it, in a red box."""
    st.error(plain(f"{error.what} {error.hint}".strip()))


def block(tag: str, text: str, style: str) -> None:
    """The text as it is, in an HTML element of this style."""
    st.html(f'<{tag} style="{style}">{html.escape(text)}</{tag}>')


def plain(text: str) -> str:
    """The text with every mark that Markdown would read made literal."""
    return "".join("\\" + c if c in "\\`*_{}[]()<>#+-.!|~$:&\"'" else c for c in text)

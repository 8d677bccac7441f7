# gpt2dash: `make help` lists what there is to make.

VENV := .venv
PYTHON := python3
# HOST is not taken from the environment: some shells keep the machine's own name there.
HOST := $(or $(GPT2DASH_HOST),127.0.0.1)
PORT ?= $(or $(GPT2DASH_PORT),8050)
MODEL ?= $(or $(GPT2DASH_MODEL),bundled)
ARGS ?=

CHROMIUM_PACKAGES := chromium fonts-dejavu-core fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
TYPESCRIPT := 6.0.3
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check install --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test check check-scripts format constraints chromium

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' Makefile

run: $(VENV)/installed ## Install, then serve; HOST=127.0.0.1 PORT=8050 MODEL=bundled may be given
	@exec $(VENV)/bin/gpt2dash serve --host "$(HOST)" --port "$(PORT)" --model "$(MODEL)"

test: $(VENV)/installed-for-tests chromium ## Install with the test tools, then run all tests; ARGS go to pytest
	$(VENV)/bin/pytest $(ARGS)

check: $(VENV)/installed-for-tests ## Look at format, lint, types and layers; at the scripts' types where npx is
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	@$(MAKE) --no-print-directory check-scripts

# TypeScript only reads the scripts' types, so whoever has no npm can do without it, and is told so.
check-scripts:
	@if npx --yes --package typescript@$(TYPESCRIPT) tsc --version > /dev/null 2>&1; then \
		npx --yes --package typescript@$(TYPESCRIPT) tsc --project jsconfig.json && echo 'Types of the scripts: no issues found'; \
	else echo '*** NOT CHECKED: the types of the scripts. That takes npx (from Node.js) and typescript $(TYPESCRIPT). ***' >&2; fi

format: $(VENV)/installed-for-tests ## Format the code, and mend what lint can mend
	$(VENV)/bin/ruff format
	$(VENV)/bin/ruff check --fix

constraints: ## Pin the newest packages that pyproject.toml allows
	rm -rf build/constraints
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/pip install -e '.[test]'
	echo '# Made by `make constraints`.' > constraints.txt
	build/constraints/bin/pip freeze --exclude-editable | sed 's/+cpu$$//' >> constraints.txt
	rm -rf build/constraints

$(VENV)/bin/python:
	@command -v $(PYTHON) > /dev/null || { echo 'gpt2dash needs Python 3.11 or newer, and there is no $(PYTHON) here. Install it, or name one: make PYTHON=/path/to/python run' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gpt2dash needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=/path/to/python run" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'Python could not make an environment; on Debian and Ubuntu install the package python3-venv.' >&2; exit 1; }

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo 'Installing gpt2dash into $(VENV); the first time this takes some minutes.'
	$(PIP) --editable .
	@touch $@

$(VENV)/installed-for-tests: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo 'Installing gpt2dash and its test tools into $(VENV); the first time this takes some minutes.'
	$(PIP) --editable '.[test]'
	@touch $(VENV)/installed $@

# The browser tests drive the system's Chromium; the fonts are there so that every script can be seen.
chromium:
	@command -v chromium > /dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root=; else as_root='sudo -n'; fi; \
	if command -v apt-get > /dev/null && $$as_root true 2> /dev/null; then \
		$$as_root apt-get update && $$as_root apt-get install --yes --no-install-recommends $(CHROMIUM_PACKAGES); \
	fi; \
	command -v chromium > /dev/null || { echo 'The browser tests need the program chromium. Install it with these packages: $(CHROMIUM_PACKAGES)' >&2; exit 1; }

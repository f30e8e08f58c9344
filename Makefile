# Everything a person needs here. `make demo` and `make test` set up what they need themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-live check bench simulate chaos screenshots translations clean

demo: $(READY)
	@$(BIN)/donations demo

test: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/tests_support/chromium.py
	@$(BIN)/python tests/tests_support/brokers.py
	@$(BIN)/pytest -n 2 --dist worksteal

# The flows against Stripe's own test mode: STRIPE_TEST_KEY=sk_test_… make test-live
test-live: $(READY)
	@test -n "$$STRIPE_TEST_KEY" || { echo "Give the test key of a Stripe account: STRIPE_TEST_KEY=sk_test_… make test-live"; exit 1; }
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/tests_support/chromium.py
	@$(BIN)/pytest tests/flows -k "sqlite" --deselect tests/flows/test_counterparts.py

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint templates donations/sandbox/templates donations/mail_catcher/templates --lint --quiet
	$(BIN)/pytest -q tests/architecture tests/unit/migrations

bench: $(READY)
	@$(BIN)/python tests/bench/run.py

simulate: $(READY)
	@$(BIN)/python tests/simulation/run.py

# Kills everything at any moment: CHAOS_EVENTS=10000 make chaos
chaos: $(READY)
	@$(BIN)/python tests/tests_support/brokers.py
	@CHAOS_EVENTS=$${CHAOS_EVENTS:-10000} $(BIN)/pytest tests/chaos -s

screenshots: $(READY)
	@$(BIN)/python tests/browser/screenshots.py

translations: $(READY)
	$(BIN)/python tests/tests_support/translations.py

$(READY): requirements.lock pyproject.toml
	@echo "Setting up .venv (about a minute the first time) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make $(MAKECMDGOALS) PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked dependencies …"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --quiet --require-hashes -r requirements.lock
	@echo "Installing donations …"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $(READY)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

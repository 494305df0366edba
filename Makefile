# make run   start Seatgate, with a demo organization to try it on
# make demo  in a second terminal: watch identity providers, an owner and logins meet it
# make test  format, lint, types and tests, as the continuous integration runs them
# make bench  measure the server beside the least that a program can do for the same requests, all
#             in ten minutes; WORKLOADS=get,create SIZE=1000 ENGINE=postgresql QUICK=1 choose
# make test-long   the same tests of whatever may happen in whatever order, of invoices as data, of
#                  properties that cost much to try, and of whatever may be sent, with many more
#                  examples; of what requests take, among 100,000 people; of a server that hands over
#                  to the next under load, and of a backup that is brought back; every pair of use
#                  cases on one pool in every order; the proxy of the manual, neighbours, and
#                  PgBouncer (apt installs nginx and pgbouncer where it may); bandit, and advisories
# make chaos  kill, freeze, cut off and fill up what serves eight clients, for five minutes on both
#             engines, and look for what is lost, doubled or oversold; SEED=7 SECONDS=60 choose
# make test-failover   lose, freeze and change the primary of two PostgreSQL servers under load, in
#                  ten minutes; FAULT=frozen chooses

PYTHON  ?= python3
PORT    ?= 8080
WORKERS ?= 2

BIN := .venv/bin

.PHONY: run demo test bench chaos test-long test-failover

run: .venv/installed
	@$(BIN)/seatgate db migrate
	@$(BIN)/seatgate demo prepare --base-url http://127.0.0.1:$(PORT)
	@$(BIN)/seatgate serve --port $(PORT) --workers $(WORKERS)

demo: .venv/installed
	@$(BIN)/seatgate demo play

# The tests start many processes, each of which finds its modules compiled. A worker takes its tests
# in one piece, so that what a module or an engine stands on is made once; who is done first helps.
test bench chaos test-long test-failover: export PYTHONDONTWRITEBYTECODE =

test: .venv/installed-dev
	@$(BIN)/python -m tests.support.chromium
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/pytest -q -n auto --dist worksteal

test-long: .venv/installed-dev
	@$(BIN)/pytest -q -n auto --hypothesis-profile long -m "long or not long" tests/stateful \
		tests/billing/test_generated_invoices_as_data.py \
		tests/benchmarks/test_plans_of_workloads.py \
		tests/web/test_openapi_fuzz.py tests/web/test_raw_scim.py $(PROPERTIES)
	@$(BIN)/pytest -q -m long tests/processes tests/copies tests/test_rolling_upgrade.py tests/proxy
	@$(BIN)/pytest -q tests/poolers
	@$(BIN)/python -m tests.races
	@$(BIN)/bandit -q -c pyproject.toml -r app scim
	@$(BIN)/python -m tests.support.advisories

# Those that try as many examples as `tests/support/effort.py` says.
PROPERTIES = $(shell grep -rl "effort import examples" tests/web tests/billing tests/directory tests/people)

test-failover: .venv/installed-dev
	@$(BIN)/python -m tests.failover

chaos: .venv/installed-dev
	@SEED="$(SEED)" SECONDS="$(or $(SECONDS),300)" $(BIN)/python -m tests.chaos

bench: .venv/installed-dev
	@$(BIN)/python -m tests.benchmarks

# Each stamp is newer than what was installed under it, so that the next run installs nothing.
.venv/installed: pyproject.toml constraints.txt | .venv
	@$(BIN)/pip install --quiet --quiet -c constraints.txt -e '.[postgres]'
	@touch $@

.venv/installed-dev: pyproject.toml constraints.txt | .venv
	@$(BIN)/pip install --quiet --quiet -c constraints.txt -e '.[dev]'
	@touch $@ .venv/installed

.venv:
	@$(PYTHON) -m venv .venv

# Sổ trẻ em (CBDesk). Every target works alone on a fresh machine; `make` alone lists them.

PY      := .venv/bin/python
STAMP   := .venv/.ready
OUT     := demo-output
JOBS    ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; echo $$n)
UV      ?= uv
QUIET   := QT_QPA_PLATFORM=offscreen

# Qt and pip speak UTF-8 whatever the machine's locale is.
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-province run test check bench scale papers year keys attack docs lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## system libraries, .venv and the locked packages

$(STAMP): requirements.lock pyproject.toml tools/system.py
	@py=; for p in python3.13 python3.12 python3.11 python3; do \
	  if $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then py=$$p; break; fi; \
	done; \
	if [ -z "$$py" ]; then \
	  echo "Python 3.11, 3.12 or 3.13 is needed (sudo apt-get install python3 python3-venv)." >&2; exit 1; \
	fi; \
	$$py tools/system.py && { $(PY) -m pip --version >/dev/null 2>&1 || $$py -m venv --clear .venv; }
	@$(PY) -m pip install -qq --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(PY) -m pip install -qq --no-build-isolation --no-deps -e .
	@touch $@

demo: $(STAMP) ## the whole loop on invented communes, results in demo-output/
	@$(PY) -m cbdesk demo --out $(OUT)
	@$(QUIET) $(PY) -m ui.gallery --out $(OUT) unlock setup today children child incident reports transfer units

demo-province: $(STAMP) ## a year of a province with four communes, its papers in demo-output/
	@$(PY) -m cbdesk demo --province --out $(OUT)

run: $(STAMP) ## open the window
	@$(PY) -m cbdesk

test: $(STAMP) ## all tests
	@$(QUIET) $(PY) -m pytest -q -n $(JOBS) --dist worksteal

check: $(STAMP) ## style, types, the house's import rules, documents up to date
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) tools/problems.py --check
	@$(PY) tools/sbom.py --check
	@$(PY) tools/audit.py
	@$(PY) tools/rights.py --check
	@$(QUIET) $(PY) -m pytest -q tests/unit/test_house.py tests/unit/test_language.py tests/unit/test_documents.py

bench: $(STAMP) ## measure against bare tools, each as a ratio with its baseline
	@$(QUIET) $(PY) tools/bench.py
	@$(QUIET) $(PY) tools/measure_duplicates.py --write

scale: $(STAMP) ## a province of 56 and of 161 communes, years of bundles (long)
	@$(PY) tools/scale.py --communes 56 --children 2200 --years 10
	@$(PY) tools/scale.py --communes 161 --children 2000 --years 1

papers: $(STAMP) ## every list and report of an invented commune of 24 months, in demo-output/papers
	@$(PY) tools/papers.py $(OUT)/papers

year: $(STAMP) ## an officer's year with a small invented commune, its papers in demo-output/year
	@$(PY) tools/year.py $(OUT)/year

keys: $(STAMP) ## count the keys it takes to add children, beside Excel
	@$(QUIET) $(PY) tools/keystrokes.py

attack: $(STAMP) ## attack the logs and a stolen folder of practice registers; writes what is found
	@$(PY) tools/attack.py
	@$(PY) tools/stolen.py

docs: $(STAMP) ## write the documents that are made from data
	@$(PY) tools/problems.py
	@$(PY) tools/rights.py
	@$(PY) tools/field_dictionary.py

lock: ## choose package versions anew (needs uv)
	@command -v $(UV) >/dev/null || { echo "uv is needed to make the lock (pipx install uv)." >&2; exit 1; }
	@$(UV) pip compile pyproject.toml --quiet --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url -o requirements.lock

clean: ## remove what was made, keep .venv
	@rm -rf $(OUT) .bench build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -not -path './.venv/*' -type d -prune -exec rm -rf {} +

# The same targets for people and CI. Needs make and Python 3.11 or newer; everything else is fetched into .venv.
#
#   make run      all the set-up, then the web app on 127.0.0.1:7860
#   make test     all the set-up, then every test that needs no paid service
#   make setup    the set-up alone: .venv, requirements, index
#   make lint     ruff and mypy        make bench   speed and memory      make eval   the question sets, with a gate
#   make clean    removes .venv, the index and caches; added reports stay

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check

# A stamp carries the checksum of what was installed: nothing is installed twice, and new pins are noticed.
checksum = $(shell cat $(1) | cksum | tr ' ' '-')
USER_STAMP := $(VENV)/installed-$(call checksum,requirements.txt)
DEV_STAMP := $(VENV)/installed-dev-$(call checksum,requirements.txt requirements-dev.txt)

.PHONY: run test setup lint bench eval clean
.NOTPARALLEL:

run: setup
	$(PY) app.py

test: setup $(DEV_STAMP)
	$(PY) -m pytest

setup: $(USER_STAMP)
	$(PY) -m vectorstore build

lint: $(DEV_STAMP)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

bench: setup
	$(PY) -m eval bench

eval: setup $(DEV_STAMP)
	$(PY) -m eval run --gate

clean:
	rm -rf $(VENV) var/index .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "需要 Python 3.11 或更新的版本；装好后可用 make PYTHON=/路径/python3.11 指定" >&2; exit 3; }
	"$(PYTHON)" -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "不能建立虚拟环境；Debian/Ubuntu 请先安装 python3-venv" >&2; exit 3; }

$(USER_STAMP): $(PY)
	$(PIP) -r requirements.txt
	@touch $@

$(DEV_STAMP): $(USER_STAMP)
	$(PIP) -r requirements-dev.txt
	@touch $@

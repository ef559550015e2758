# Everything that people and CI do here, by name. `make` alone lists it.

PYTHON ?= python3
CARGO ?= cargo

VENV := .venv
BIN := $(abspath $(VENV))/bin
PIP := $(BIN)/pip --disable-pip-version-check
# The tests, and the programs below, use this uv and this Python, not what the machine has.
export VHB_UV := $(BIN)/uv
export VHB_PYTHON := $(BIN)/python
# Random cases are the same ones each time, so that what did not change passes as it did; another
# number tries others.
export PROPTEST_RNG_SEED ?= 1

TARGET := $(or $(CARGO_TARGET_DIR),target)
VHB_DEBUG := $(TARGET)/debug/vhb
VHB_RELEASE := $(TARGET)/release/vhb

EXPERIMENT := registries/experiments/receipts.yaml
LOCK := locks/receipts.lock.json
SBOMS := sboms
# The SBOM of vhb itself, which its wheel has, and where wheels are made.
CRATES_SBOM := packaging/vhb.cdx.json
PACKAGES := $(TARGET)/packages
GENERATED := $(TARGET)/bench/registries
# What the demo installs, apart from the programs in .venv, and what it makes.
DEMO := .venv/demo
RESULTS := results/receipts
ATTESTATION := results/receipts.intoto.jsonl
VERIFY_RERUN = $(VHB_RELEASE) verify $(LOCK) --env $(DEMO)/env --environment evaluation \
	--results $(RESULTS) --attestation $(ATTESTATION) --public-key $(DEMO)/vhb.key.pub

# Words before each step, on their own line.
say = @printf '\n== %s\n' "$(1)"

.DEFAULT_GOAL := help
# The order of the steps is meant, also with -j.
.NOTPARALLEL:
.PHONY: help tools requirements npm demo test lint docs reference deny audit check-tools check-files check-example check-sbom crates-sbom wheel package unit bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

tools: $(VENV)/bin/uv ## make .venv with what requirements-dev.txt pins

# uv is the file that make looks at; it is touched last, so a broken install is tried again. Nothing
# is built, for what a build needs would be neither pinned nor hashed.
$(VENV)/bin/uv: requirements-dev.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

requirements: tools ## pin what requirements-dev.in asks for; UPGRADE=--upgrade moves all pins
	$(BIN)/uv pip compile requirements-dev.in --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --custom-compile-command "make requirements" \
		$(UPGRADE) --output-file requirements-dev.txt

# The last file that npm writes is the one that make looks at.
NPM := tests/npm/node_modules/.package-lock.json

npm: $(NPM) ## install what the tests run by Node

$(NPM): tests/npm/package.json tests/npm/package-lock.json
	npm ci --silent --prefix tests/npm --no-audit --no-fund
	@touch $@

demo: tools ## lock, sync, run, attest and verify the example, then catch an edited score
	$(call say,build vhb)
	$(CARGO) build --release --locked
	$(call say,check: are the registries valid?)
	$(VHB_RELEASE) check
	$(call say,lock: pin everything that the experiment depends on)
	$(VHB_RELEASE) lock $(EXPERIMENT)
	$(call say,sync: install exactly what is locked)
	@mkdir -p $(DEMO)
	$(VHB_RELEASE) sync $(LOCK) --environment evaluation --into $(DEMO)/env --python $(VHB_PYTHON) --force
	$(call say,run the experiment)
	@rm -rf $(RESULTS)
	$(DEMO)/env/bin/python -m glyphbench.run --registries registries --experiment receipts --output results
	@cat $(RESULTS)/report.md
	$(call say,attest: sign that these results came from what is locked)
	@rm -f $(DEMO)/vhb.key $(DEMO)/vhb.key.pub $(ATTESTATION)
	$(VHB_RELEASE) keygen --output $(DEMO)/vhb.key
	$(VHB_RELEASE) attest $(LOCK) $(RESULTS) --key $(DEMO)/vhb.key --output $(ATTESTATION)
	$(call say,verify: is everything still what was locked?)
	$(VHB_RELEASE) verify $(LOCK)
	$(call say,verify the rerun: what is installed and what was published)
	$(VERIFY_RERUN)
	$(call say,embellish one digit of a score: verify names the file)
	@cp $(RESULTS)/metrics.csv $(DEMO)/metrics.csv
	$(PYTHON) scripts/edit_one_digit.py $(RESULTS)/metrics.csv
	$(VERIFY_RERUN); test $$? -eq 1
	@cp $(DEMO)/metrics.csv $(RESULTS)/metrics.csv
	$(call say,with the digit restored)
	$(VERIFY_RERUN)

# Tests come last, so that the last line says how they went.
test: lint docs deny check-tools check-files check-example check-sbom unit ## everything that CI runs

lint: ## formatting and clippy, warnings are errors
	$(call say,format)
	$(CARGO) fmt --check
	$(call say,clippy)
	$(CARGO) clippy --all-targets --locked -- -D warnings

docs: ## build the documentation, warnings are errors
	$(call say,documentation)
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --no-deps --locked

reference: ## make docs/reference anew from the code
	VHB_RENEW_REFERENCE=1 $(CARGO) test --locked --test docs reference

deny: ## licences, duplicate versions and sources of the dependencies
	$(call say,dependency policy)
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
		$(CARGO) deny --locked check bans licenses sources; \
	else \
		echo "cargo-deny is not installed: deny.toml is NOT checked"; \
	fi

audit: ## all of cargo-deny, with the advisories, which it fetches
	$(CARGO) deny --locked check

check-tools: tools ## .venv has what requirements-dev.in asks for, and all of it fits
	$(call say,tools)
	$(PIP) check
	$(PIP) install --quiet --dry-run --no-index --no-deps -r requirements-dev.in

check-files: tools ## pyproject.toml, the hooks, the action and the shell scripts are well-formed
	$(call say,files that others read)
	$(BIN)/validate-pyproject pyproject.toml
	$(BIN)/pre-commit validate-manifest .pre-commit-hooks.yaml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/zizmor --quiet --offline --no-config --persona pedantic action.yml
	$(BIN)/shellcheck .ci/run scripts/*.sh tests/shells/complete.bash

check-example: tools ## the example's data, lock and SBOM are what they should be
	$(call say,example)
	$(PYTHON) example/make_dataset.py --check
	$(CARGO) build --locked
	$(VHB_DEBUG) lock --check --offline $(EXPERIMENT)
	$(VHB_DEBUG) verify --offline $(LOCK)

check-sbom: tools ## SBOMs follow the CycloneDX 1.6 schema and their references resolve
	$(call say,SBOMs)
	@set -e; \
	set -- $(SBOMS)/*.cdx.json $(CRATES_SBOM); \
	if [ ! -e "$$1" ]; then echo "no SBOM in $(SBOMS)/: nothing was checked" >&2; exit 1; fi; \
	schemas=$$($(VHB_PYTHON) -c 'import cyclonedx.schema, pathlib; print(pathlib.Path(cyclonedx.schema.__file__).parent / "_res")'); \
	echo "CycloneDX 1.6 schema: $$*"; \
	$(BIN)/check-jsonschema --base-uri "file://$$schemas/" \
		--schemafile "$$schemas/bom-1.6.SNAPSHOT.schema.json" "$$@"; \
	$(PYTHON) scripts/check_sbom_refs.py "$$@"
	$(VHB_PYTHON) scripts/crates_sbom.py --check $(CRATES_SBOM)

crates-sbom: tools ## write the SBOM of vhb itself, as Cargo.lock has changed
	$(VHB_PYTHON) scripts/crates_sbom.py $(CRATES_SBOM)

wheel: tools ## the wheel and the sdist as the tests take them: made in seconds, for nobody's use
	$(call say,wheel and sdist)
	@rm -rf $(PACKAGES)/dev
	$(BIN)/maturin build --profile dev --out $(PACKAGES)/dev
	$(BIN)/maturin sdist --out $(PACKAGES)/dev

package: tools ## the wheel and the sdist for publishing, proven on PyPI; takes many minutes
	scripts/package.sh $(PACKAGES)/dist

unit: tools npm wheel ## the tests themselves, by cargo-nextest where it is installed
	$(call say,tests)
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(CARGO) test --doc --locked && $(CARGO) nextest run --locked --no-fail-fast; \
	else \
		echo "cargo-nextest is not installed: using cargo test"; \
		$(CARGO) test --locked --no-fail-fast; \
	fi

bench: tools ## benchmarks, then vhb against PyYAML, sha256sum, hashing alone and uv
	$(call say,benchmarks)
	$(CARGO) bench --locked
	$(call say,vhb check against PyYAML)
	$(CARGO) build --release --locked
	$(PYTHON) scripts/generate_registry.py $(GENERATED)
	$(VHB_PYTHON) scripts/compare_pyyaml.py $(VHB_RELEASE) $(GENERATED)
	$(call say,vhb manifest against sha256sum)
	$(PYTHON) benches/compare_sha256sum.py $(VHB_RELEASE)
	$(call say,vhb verify --env against hashing alone)
	$(PYTHON) benches/compare_env.py $(VHB_RELEASE)
	$(call say,vhb lock against uv pip compile)
	$(PYTHON) benches/compare_uv.py $(VHB_RELEASE) $(VHB_UV)

clean: ## remove what make made, but not the cargo target
	rm -rf $(VENV) tests/npm/node_modules results $(TARGET)/bench

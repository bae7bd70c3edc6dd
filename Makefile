# Everything that is done to this repository is done through this file. `make help` lists it.
#
# A fresh machine needs Go (the version in go.mod) and Node with npm; every target fetches the rest by itself, into build/,
# node_modules/ and .tools/, never into the system.

SHELL         := bash
.SHELLFLAGS   := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The packages of the system; node_modules/ and build/ hold Go files that are none of ours.
PACKAGES := ./docs/... ./functions/... ./infra/... ./internal/... ./scripts/...
# How many packages are built or tested at once.
PARALLEL ?= 2
# How long the tests of one package may take: what hangs ends then. A busy machine must not reach it.
TEST_TIMEOUT ?= 60m
# What property tests draw from, so that a run says the same every time; SEED=0 draws other values in each run.
SEED ?= 7
# The packages with property tests.
DRAWING = $(sort $(shell go list -f '{{$$p := .ImportPath}}{{range .TestImports}}{{if eq . "pgregory.net/rapid"}}{{$$p}} {{end}}{{end}}{{range .XTestImports}}{{if eq . "pgregory.net/rapid"}}{{$$p}} {{end}}{{end}}' $(PACKAGES)))
# The published spending data that the import is proven with; its tests say so when it is not there.
SPEND_DATA ?= ../shared/data/public-spending-2008-2012.csv
STAGE ?= dev
# Where what a deployment would change is kept between being shown and being deployed.
ASSEMBLY := build/assembly-$(STAGE)
# Where `make run` keeps its data and listens.
DATA ?= .data
ADDR ?= 127.0.0.1:8080

ifneq ($(wildcard $(SPEND_DATA)),)
export SPEND_DATA := $(abspath $(SPEND_DATA))
else
unexport SPEND_DATA
endif

WITH_NODE := PATH="$(CURDIR)/node_modules/.bin:$$PATH"
GOLANGCI  := build/tools/golangci-lint
NODE      := node_modules/.package-lock.json
PYTHON    := .tools/python/installed

##@ Run

.PHONY: run
run: ## Run the whole system over its embedded store, with a demo company
	go run ./infra/onprem -demo -addr $(ADDR) -data $(DATA)

.PHONY: cli
cli: ## Build the command line, build/boctl
	go build -o build/boctl ./scripts/boctl

.PHONY: store
store: ## Build the embedded store as a server of its own, build/store
	go build -o build/store ./scripts/store

##@ Prove

.PHONY: test
test: $(NODE) ## Run every test; npm brings the store's oracle
	@echo 'go test: the packages that draw, from the seed $(SEED), and all others'
	@go test -p $(PARALLEL) -timeout $(TEST_TIMEOUT) $(DRAWING) -rapid.seed=$(SEED)
	@go test -p $(PARALLEL) -timeout $(TEST_TIMEOUT) $(filter-out $(DRAWING),$(shell go list $(PACKAGES)))

.PHONY: race
race: ## Run every test of internal/ with the race detector
	go test -race -p $(PARALLEL) -timeout 30m ./internal/...

.PHONY: check
check: check-generated check-format vet lint lint-cloud ## Generated files, formatting, go vet, linters for Go and for CloudFormation

.PHONY: check-generated
check-generated:
	go run ./scripts/gen -check
	go run ./scripts/costs -check

.PHONY: check-format
check-format:
	@unformatted=$$(gofmt -l docs functions infra internal scripts); \
	if [[ -n "$$unformatted" ]]; then printf 'run gofmt -w on:\n%s\n' "$$unformatted"; exit 1; fi

.PHONY: vet
vet:
	go vet $(PACKAGES)

.PHONY: lint
lint: $(GOLANGCI)
	$(GOLANGCI) run --timeout 15m $(PACKAGES)

.PHONY: lint-cloud
lint-cloud: $(NODE) $(PYTHON) ## Synthesise every stage and lint its templates and state machines
	$(WITH_NODE) go run ./infra/cloud/lint

.PHONY: bench
bench: ## Run the benchmarks of the system's own packages
	go test -run '^$$' -bench . -benchmem -timeout 30m ./internal/...

.PHONY: bench-store
bench-store: ## Compare the embedded store's speed and write docs/benchmarks-store.md
	go run ./scripts/benchstore

.PHONY: costs
costs: ## Measure every operation's store calls and units, and write docs/costs.md
	go run ./scripts/costs

##@ Change

.PHONY: gen
gen: ## Write what follows from the catalogue: functions/, OpenAPI, event schemas, tables
	go run ./scripts/gen

.PHONY: new-op
new-op: ## Start an operation: DOMAIN=finance NAME=approve-journal KIND=command
	go run ./scripts/newop -domain $(DOMAIN) -name $(NAME) -kind $(KIND) $(if $(ON),-on $(ON)) $(if $(PLURAL),-plural $(PLURAL))

.PHONY: fmt
fmt: ## Format every Go file
	gofmt -w docs functions infra internal scripts

##@ Cloud

.PHONY: zip
zip: ## Build every function for release, build/functions/<domain>/<operation>.zip
	go run ./scripts/zip

.PHONY: synth
synth: $(NODE) ## Write the CloudFormation templates to cdk.out/
	$(WITH_NODE) cdk synth --quiet

.PHONY: diff
diff: $(NODE) ## Show what a deployment would change in an account: STAGE=dev
	$(WITH_NODE) cdk diff -c stage=$(STAGE) --output $(ASSEMBLY)

.PHONY: deploy
deploy: diff ## Deploy what was shown, watched by alarms that take it back: STAGE=dev, YES=1 asks nothing
	@[[ -n "$(YES)" ]] || { read -r -p 'Deploy this to $(STAGE)? [y/N] ' answer && [[ "$$answer" == y ]]; }
	$(WITH_NODE) go run ./scripts/operate deploy -stage $(STAGE) -assembly $(ASSEMBLY)

.PHONY: restore
restore: ## Restore a stage's tables under new names: STAGE=dev TABLES=r1 AT=latest BY=… REASON=…; DRY=1 only says what
	go run ./scripts/operate restore -stage $(STAGE) -tables "$(TABLES)" -at "$(AT)" -by "$(BY)" -reason "$(REASON)" $(if $(DRY),-dry-run)

.PHONY: destroy
destroy: ## Take a stage away, unless data would go with it: STAGE=dev CONFIRM=dev
	go run ./scripts/operate destroy -stage $(STAGE) -confirm "$(CONFIRM)"

.PHONY: prune
prune: $(NODE) ## Delete from the account what no stack refers to any more, 30 days after it was last used
	$(WITH_NODE) cdk gc --unstable=gc --type s3 --created-buffer-days 7 --rollback-buffer-days 30

.PHONY: deploy-proof
deploy-proof: $(NODE) ## Deploy to an emulator on this machine and call what was deployed
	go run ./scripts/deployproof

.PHONY: run-aws
run-aws: $(NODE) ## Deploy to an emulator on this machine, and leave the system up to try by hand
	go run ./scripts/deployproof -keep

$(NODE): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

##@ Set up

.PHONY: tools
tools: $(NODE) $(PYTHON) $(GOLANGCI) ## Bring every tool: linters, Node.js and CDK, Python and cfn-lint

$(GOLANGCI): tools/go.mod tools/go.sum
	go -C tools build -o ../build/tools/ tool
	@touch $@

$(PYTHON): tools/requirements.txt .ci/python
	.ci/python

.PHONY: doctor
doctor: ## Say what this machine lacks, and how to get it; with STAGE=dev what the account lacks, too
	@.ci/doctor
	@$(if $(filter command line environment,$(origin STAGE)),go run ./scripts/operate doctor -stage $(STAGE) -assembly $(ASSEMBLY))

.PHONY: clean
clean: ## Remove what was built; the data of `make run` stays
	rm -rf build cdk.out coverage.out

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

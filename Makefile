# Every target says what it does while it does it, and leaves nothing running.
SHELL := /bin/sh
.DEFAULT_GOAL := build
.PHONY: run build test test-all bench verify check e2e-packages lighthouse

export CGO_ENABLED := 0
TAGS := nomsgpack
GO_DIRS := cmd internal migrations static templates tools
# The binary names the commit it was made of, where there is one to be read.
VCS := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)
BUILD := go build -buildvcs=$(VCS) -tags $(TAGS)
STATICCHECK := go tool -modfile=tools/lint.mod staticcheck -tags $(TAGS)

# The guard ends and reports whatever a command leaves running, and fails then.
GUARD := bin/guard

# run serves http://localhost:8080 with demo data; Ctrl-C stops everything it started.
run:
	@if [ -z "$$DATABASE_URL" ]; then sh tools/need.sh postgres; fi
	@$(MAKE) --no-print-directory build
	@exec bin/wattle serve $(ARGS)

build:
	@command -v go >/dev/null || { echo "Wattle is built with Go 1.26 or newer, and this machine has none." >&2; exit 1; }
	@echo "Building bin/wattle ..."
	@$(BUILD) -o bin/wattle ./cmd/wattle

# test runs everything: format, vet, staticcheck, rules, database, HTTP, browser.
test:
	@sh tools/need.sh node postgres chromium fonts
	@command -v go >/dev/null || { echo "Wattle is built with Go 1.26 or newer, and this machine has none." >&2; exit 1; }
	@go build -buildvcs=false -o $(GUARD) ./tools/guard
	@exec $(GUARD) $(MAKE) --no-print-directory test-all

test-all: check build e2e-packages
	@echo "Testing rules, database, HTTP and the tools ..."
	@go test -tags $(TAGS) ./...
	@echo "Testing in the browser ..."
	@cd e2e && node --test --test-reporter=spec

check:
	@echo "Checking the format ..."
	@bad=$$(gofmt -l $(GO_DIRS)); if [ -n "$$bad" ]; then echo "Not gofmt'd:" >&2; echo "$$bad" >&2; exit 1; fi
	@echo "Vetting ..."
	@go vet -tags $(TAGS) ./...
	@echo "Staticcheck ..."
	@$(STATICCHECK) ./...

# The packages of a folder, exactly as locked; fetched again only when the lock changed.
npm_packages = if ! cmp -s $(1)/package-lock.json $(1)/node_modules/.locked; then \
		echo "Installing the packages of $(1) ..." && \
		(cd $(1) && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error) && \
		cp $(1)/package-lock.json $(1)/node_modules/.locked; \
	fi

e2e-packages:
	@$(call npm_packages,e2e)

# lighthouse measures the pages that look matters most on, three times each, and fails with a list of
# what falls short; PAGES="home profile" picks some. It takes minutes, so that make test leaves it out.
lighthouse:
	@sh tools/need.sh node postgres chromium fonts
	@$(MAKE) --no-print-directory build
	@go build -buildvcs=false -o $(GUARD) ./tools/guard
	@$(call npm_packages,e2e/lighthouse)
	@exec $(GUARD) node e2e/lighthouse/run.mjs $(PAGES)

# bench prints figures as ratios against a limit measured in the same run; ARGS=-json for JSON, ARGS=F1,F6 for some,
# ARGS='F13 -binary PATH' for another build.
bench:
	@sh tools/need.sh postgres >&2
	@$(MAKE) --no-print-directory build >&2
	@go build -buildvcs=false -tags $(TAGS) -o bin/bench ./tools/bench
	@exec bin/bench $(ARGS)

# verify runs the long assurance runs; RUN=name picks one, without it all run; ARGS=-h tells the flags.
verify:
	@sh tools/need.sh postgres
	@$(MAKE) --no-print-directory build
	@go build -buildvcs=false -o $(GUARD) ./tools/guard
	@go build -buildvcs=false -tags $(TAGS) -o bin/verify ./tools/verify
	@exec $(GUARD) bin/verify $(ARGS) $(RUN)

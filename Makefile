# What people type. `make help` lists it.
SHELL := /bin/sh
TOOL  := go tool -modfile=.ci/tools.mod
HOME_DIR ?= .handsoff


export CGO_ENABLED ?= 0

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: up
up: ## run all of handsoff on this machine, sandbox included, and say where to go
	@.ci/need --optional redis-server
	@[ -x bin/local-provider ] || echo "Building; the first time this takes a minute or two."
	@go build -trimpath -ldflags '-s -w' -o bin/ ./local-provider ./telnet-gateway ./local-provider/sandbox/jenkins/cmd/sandbox-jenkins ./local-provider/sandbox/slack/cmd/sandbox-slack
	@bin/local-provider up -home $(HOME_DIR) $(UP)

.PHONY: down
down: ## stop it; what it knows is kept in .handsoff
	@bin/local-provider down -home $(HOME_DIR)

.PHONY: status
status: ## say what runs
	@bin/local-provider status -home $(HOME_DIR)

.PHONY: test
test: need lint ## lint, vet and test everything, with the race detector
	CGO_ENABLED=1 go test -race -timeout 20m ./...

.PHONY: lint
lint: ## run the linters
	go vet ./...
	$(TOOL) golangci-lint run --allow-parallel-runners

.PHONY: fmt
fmt: ## format the code
	$(TOOL) golangci-lint fmt

.PHONY: need
need: ## install what the tests use
	@.ci/need redis-server telnet=inetutils-telnet tmux gcc node=nodejs chromium
	@local-provider/sandbox/jenkins/testdata/install-clients.sh
	@local-provider/sandbox/slack/testdata/install-clients.sh

.PHONY: soak
soak: ## the property tests and sweeps, for minutes instead of seconds
	CGO_ENABLED=1 go test -race -timeout 60m -run 'StateMachine|WhateverHappens' ./shared/job ./functions/notify -rapid.checks=1000
	CGO_ENABLED=1 HANDSOFF_SOAK=1 go test -race -timeout 60m -run 'Soak|Crash|Cuts' ./local-provider/endtoend ./functions/jenkins ./telnet-gateway/session

.PHONY: fuzz
fuzz: ## every fuzz target for half a minute
	@.ci/fuzz 30s

.PHONY: bench
bench: ## measure against the floor, and print the table of the README
	go run ./local-provider/bench

.PHONY: clean
clean: down ## stop it and forget everything it knows
	rm -rf $(HOME_DIR) bin build

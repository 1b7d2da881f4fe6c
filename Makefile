# What people type. `make help` lists it.
SHELL := /bin/sh
TOOL  := go tool -modfile=.ci/tools.mod
HOME_DIR ?= .handsoff


export CGO_ENABLED ?= 0

# The tests that also run against a real OpenStack, one package after the other: some want the cloud for themselves.
AT_A_CLOUD := Cloud|Stack|Project|Verify|Conforms|AsTheReal|LogIn|Lives|KeyPair|SecurityGroup|InUse|Names|TestServers|Power|Hypervisor|Owners|Agrees|Administrator|Absent|Mistakes|TwoHave|Quota
CLOUDY := ./functions/openstack/cloud ./functions/openstack/resource ./functions/openstack/question ./functions/openstack/life ./local-provider/sandbox/openstack

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: up
up: ## run all of handsoff on this machine, sandbox included, and say where to go
	@.ci/need --optional redis-server ngircd
	@[ -x bin/local-provider ] || echo "Building; the first time this takes a minute or two."
	@go build -trimpath -ldflags '-s -w' -o bin/ ./local-provider ./telnet-gateway ./gerrit-listener ./irc-gateway ./local-provider/sandbox/.../cmd/...
	@bin/local-provider up -home $(HOME_DIR) $(UP)

.PHONY: down
down: ## stop it; what it knows is kept in .handsoff
	@bin/local-provider down -home $(HOME_DIR)

.PHONY: status
status: ## say what runs
	@bin/local-provider status -home $(HOME_DIR)

.PHONY: test
test: ## lint, vet and test everything, with the race detector
	@$(MAKE) --no-print-directory -j2 need lint
	CGO_ENABLED=1 go test -race -vet=off -p 4 -timeout 20m ./...
	@CGO_ENABLED=1 OPENSTACK_SERVICES=$${OPENSTACK_SERVICES:-heat} .ci/openstack --optional go test -race -vet=off -count=1 -p 1 -timeout 20m -run '$(AT_A_CLOUD)' $(CLOUDY)

.PHONY: test-openstack
test-openstack: ## test what is about OpenStack against a real one, which is installed and started for it
	@.ci/openstack go test -count=1 -p 1 -timeout 30m -run '$(AT_A_CLOUD)' -v $(CLOUDY)

.PHONY: test-deploy
test-deploy: ## test what installs the PTG bot on a whole machine, which is booted for it
	@release=$$(ONLY=command,jobs,clock,notify,ptg,slack PROCESSES='local-provider irc-gateway' .ci/dist) && \
		HANDSOFF_DEBIAN=$$(.ci/debian) HANDSOFF_RELEASE=$$(realpath "$$release") go test -count=1 -timeout 40m -v ./deploy/...

.PHONY: dist
dist: ## pack what a host needs that has no Go, into build/
	@.ci/dist

.PHONY: cross
cross: ## compile the functions and the processes for linux/arm64, as their images do
	GOOS=linux GOARCH=arm64 go build ./functions/... ./telnet-gateway ./irc-gateway ./gerrit-listener ./local-provider

.PHONY: lint
lint: ## run the linters, vet among them
	GOFLAGS="$$GOFLAGS -trimpath" $(TOOL) golangci-lint run --allow-parallel-runners # trimmed, what it compiles serves make up, too

.PHONY: docs
docs: ## write the references that are made of the schema and of stack.yml
	go run ./local-provider docs

.PHONY: fmt
fmt: ## format the code
	$(TOOL) golangci-lint fmt

.PHONY: need
need: ## install what the tests use
	@.ci/need redis-server telnet=inetutils-telnet tmux gcc node=nodejs chromium sshd=openssh-server openssl git \
		ansible-playbook=ansible-core ansible-lint nginx promtool=prometheus systemd-analyze=systemd ara=python3-ara ara-manage=ara-server aiosmtpd=python3-aiosmtpd \
		inspircd atheme-services ngircd ii curl python3 openstack=python3-openstackclient heat=python3-heatclient \
		npm jenkins-jobs=jenkins-job-builder '/usr/lib/python3/dist-packages/gerritlib=python3-gerritlib' '/usr/lib/python3*/ensurepip=python3-venv'
	@.ci/clients
	@CI= OPENSTACK_SERVICES=$${OPENSTACK_SERVICES:-heat} .ci/openstack --optional # the tests say what cannot be tried

.PHONY: pictures
pictures: ## keep pictures of all pages in build/pictures, light and dark, on a desk and in a hand
	HANDSOFF_SCREENSHOTS=$(CURDIR)/build/pictures go test -count=1 -run '^TestPictures' ./functions/dashboard ./functions/ptg/page
	HANDSOFF_SCREENSHOTS=$(CURDIR)/build/pictures go test -count=1 -timeout 20m -run '^TestBrowser$$' ./local-provider/endtoend

.PHONY: soak
soak: ## the property tests and sweeps, for minutes instead of seconds
	CGO_ENABLED=1 go test -race -timeout 60m -run 'StateMachine|WhateverHappens' ./shared/job ./functions/notify/courier ./functions/notify/slack -rapid.checks=1000
	CGO_ENABLED=1 HANDSOFF_SOAK=1 go test -race -timeout 60m -run 'Soak|Crash|Cuts|EventKill|OpsKill|OpenStackKill|LostWebhooks|Killed' ./local-provider/endtoend ./functions/jenkins ./telnet-gateway/session ./irc-gateway
	HANDSOFF_SOAK=1 go test -timeout 60m ./functions/ansible ./functions/clock/... ./functions/dashboard ./functions/event ./functions/git ./functions/github ./functions/notify/... \
		./functions/openstack/life ./functions/pipeline ./functions/slack/...

.PHONY: fuzz
fuzz: ## every fuzz target for half a minute
	@.ci/fuzz 30s

.PHONY: bench
bench: ## measure against the floor, and print the table of the README
	go run ./local-provider/bench
	go test ./functions/ansible -run MemoryStaysFlat -bench . -benchtime 10x -v
	HANDSOFF_BENCH=1 go test ./functions/git -run ManyRefs -count=1 -v
	HANDSOFF_BENCH=1 go test ./functions/ptg -run TestBench -count=1 -v
	HANDSOFF_BENCH=1 go test ./functions/dashboard -run TestBench -count=1 -v
	HANDSOFF_BENCH=1 go test ./local-provider/endtoend -run TestALineOnIRCIsAnswered -count=1 -v
	go test ./irc-gateway -run TestACrowdTakesLittleMemory -count=1 -v

.PHONY: clean
clean: down ## stop it and forget everything it knows
	rm -rf $(HOME_DIR) bin build

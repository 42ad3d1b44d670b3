# `make` lists the targets. Nothing here uses the network but apt, and apt only when a package is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules

PREFIX ?= /usr/local
DESTDIR ?=
ROUNDS ?= 200
EVENTS ?= 1000000
DAEMONS ?= 2
MINUTES ?= 30
SEED ?=

packages := g++ libjs-dygraphs liblmdb-dev libmicrohttpd-dev librdkafka-dev libsimdjson-dev \
  libsystemd-dev libyaml-dev pkg-config
test_packages := bubblewrap chromium kcat openssl prometheus python3 python3-pip systemd
test_programs := bwrap chromium kcat openssl prometheus promtool systemd-analyze
modules := lmdb libmicrohttpd libsystemd rdkafka simdjson yaml-0.1
swift_min := 6.2

binary := .build/release/spnd
bin := $(DESTDIR)$(PREFIX)/bin
share := $(DESTDIR)$(PREFIX)/share/spnd
lib := $(DESTDIR)$(PREFIX)/lib
sources := Package.swift Sources Tests
torture := Tests/Broker/run torture
sudo := $(if $(filter 0,$(shell id -u)),,sudo)

define install
	if ! command -v apt-get >/dev/null; then
	  echo 'make: apt-get not found; install what these packages of Debian hold: $(1)' >&2
	  exit 1
	fi
	if [ -n '$(sudo)' ] && ! command -v sudo >/dev/null; then
	  echo 'make: run as root, or install sudo, to install: $(1)' >&2
	  exit 1
	fi
	echo 'Installing $(1)'
	$(sudo) apt-get update -qq
	$(sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  $(1) >/dev/null
endef

.DEFAULT_GOAL := help
.ONESHELL:
.PHONY: help deps test-deps swift build demo test torture histories soak sensitivity format lint install uninstall clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

deps: swift ## install the Debian packages that are missing
	@if command -v g++ >/dev/null && pkg-config --exists $(modules) 2>/dev/null &&
	  [ -e /usr/share/javascript/dygraphs/dygraph.min.js ]; then
	  exit 0
	fi
	$(call install,$(packages))

test-deps:
	@if command -v $(test_programs) >/dev/null && python3 -m pip --version >/dev/null 2>&1; then
	  exit 0
	fi
	$(call install,$(test_packages))

swift:
	@version=$$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' || true)
	if [ -z "$$version" ]; then
	  echo 'make: swift not found; install Swift $(swift_min) or newer from' \
	    'https://www.swift.org/install/linux/ and put it on PATH' >&2
	  exit 1
	fi
	oldest=$$(printf '%s\n' $(swift_min) "$$version" | sort -V | head -n 1)
	if [ "$$oldest" != $(swift_min) ]; then
	  echo "make: swift $$version is too old; $(swift_min) or newer is needed" >&2
	  exit 1
	fi

build: deps ## build the release binary, .build/release/spnd
	@swift build -c release --product spnd

demo: build ## run the demonstration; ARGS='…' passes options
	@$(binary) demo $(ARGS)

test: deps test-deps lint ## check the format and run every test
	@swift test -c release --disable-xctest
	$(torture) --rounds 20 --events 40000 --keys 100 --seed 1 || [ $$? -eq 69 ]

histories: deps ## run 10,000 seeded histories of crashes, full disks and rebalances, without a broker
	@SPND_HISTORIES=10000 swift test -c release --disable-xctest --filter SimulationTests

torture: build test-deps ## soak for MINUTES=30, then kill daemons; ROUNDS=200 EVENTS=… DAEMONS=1|2 SEED=…
	@$(if $(filter-out 0,$(MINUTES)),$(binary) bench soak --minutes $(MINUTES))
	@$(torture) --rounds $(ROUNDS) --events $(EVENTS) --daemons $(DAEMONS) --keys 300 \
	  $(if $(SEED),--seed $(SEED))

soak: build ## the pipeline at full load for MINUTES=30; fails where memory grows
	@$(binary) bench soak --minutes $(MINUTES)

sensitivity: deps ## what ±30 % on each constant does to the headline figures; DATA=… FORECAST=…
	@Tests/Sensitivity/run $(if $(DATA),--data '$(DATA)') $(if $(FORECAST),--forecast '$(FORECAST)')

format: swift ## format the Swift sources in place
	@swift format -i --parallel --recursive $(sources)

lint: swift ## check the format without changing anything
	@swift format lint --strict --parallel --recursive $(sources)

install: ## install the binary, the pipelines and the systemd units under PREFIX (/usr/local)
	@if [ ! -x $(binary) ]; then echo 'make: run make build first' >&2; exit 1; fi
	install -D -m 755 $(binary) '$(bin)/spnd'
	if [ -d Pipelines ]; then
	  install -d '$(share)/Pipelines'
	  cp -R Pipelines/. '$(share)/Pipelines/'
	  chmod -R u=rwX,go=rX '$(share)'
	fi
	install -d '$(lib)/systemd/system' '$(lib)/sysusers.d' '$(lib)/tmpfiles.d'
	for unit in spnd.service spnd@.service; do
	  sed 's#/usr/local/bin/spnd#$(PREFIX)/bin/spnd#' "Systemd/$$unit" >'$(lib)/systemd/system/'"$$unit"
	done
	install -m 644 Systemd/spnd.sysusers '$(lib)/sysusers.d/spnd.conf'
	install -m 644 Systemd/spnd.tmpfiles '$(lib)/tmpfiles.d/spnd.conf'

uninstall: ## remove what install wrote
	@rm -f '$(bin)/spnd' '$(lib)'/systemd/system/spnd{,@}.service '$(lib)'/{sysusers,tmpfiles}.d/spnd.conf
	rm -rf '$(share)'

clean: ## remove everything that was built
	@rm -rf .build

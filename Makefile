# `make` lists the targets. Nothing here uses the network but apt, and apt only when a package is missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules

PREFIX ?= /usr/local
DESTDIR ?=

packages := g++ librdkafka-dev libsimdjson-dev libyaml-dev pkg-config
modules := rdkafka simdjson yaml-0.1
swift_min := 6.2

binary := .build/release/spnd
bin := $(DESTDIR)$(PREFIX)/bin
share := $(DESTDIR)$(PREFIX)/share/spnd
sources := Package.swift Sources Tests
sudo := $(if $(filter 0,$(shell id -u)),,sudo)

.DEFAULT_GOAL := help
.ONESHELL:
.PHONY: help deps swift build demo test format lint install uninstall clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

deps: swift ## install the Debian packages that are missing
	@if command -v g++ >/dev/null && pkg-config --exists $(modules) 2>/dev/null; then exit 0; fi
	if ! command -v apt-get >/dev/null; then
	  echo 'make: apt-get not found; install librdkafka, simdjson and libyaml with their' \
	    'headers, a C++17 compiler and pkg-config' >&2
	  exit 1
	fi
	if [ -n '$(sudo)' ] && ! command -v sudo >/dev/null; then
	  echo 'make: run as root, or install sudo, to install: $(packages)' >&2
	  exit 1
	fi
	echo 'Installing $(packages)'
	$(sudo) apt-get update -qq
	$(sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  $(packages) >/dev/null

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

test: deps lint ## check the format and run every test
	@swift test -c release --disable-xctest

format: swift ## format the Swift sources in place
	@swift format -i --parallel --recursive $(sources)

lint: swift ## check the format without changing anything
	@swift format lint --strict --parallel --recursive $(sources)

install: ## install the binary and the pipelines under PREFIX (/usr/local)
	@if [ ! -x $(binary) ]; then echo 'make: run make build first' >&2; exit 1; fi
	install -D -m 755 $(binary) '$(bin)/spnd'
	if [ -d Pipelines ]; then
	  install -d '$(share)/Pipelines'
	  cp -R Pipelines/. '$(share)/Pipelines/'
	  chmod -R u=rwX,go=rX '$(share)'
	fi

uninstall: ## remove what install wrote
	@rm -f '$(bin)/spnd'
	rm -rf '$(share)'

clean: ## remove everything that was built
	@rm -rf .build

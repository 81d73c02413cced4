# SPDX-License-Identifier: GPL-2.0
#
# What a person types. Each target is a line or two around the program that
# does the work, which can as well be run by itself.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr/local
DESTDIR ?=

vm := selftests/vm/vm
series = $(shell $(vm) list | awk '{ print $$1 }')
modlib := $(DESTDIR)/lib/modules/$(KVER)
ksft = $(abspath $(KSFT_DIR))
lib := /usr/libexec/tcpadvisor/selftests/tcpadvisor
kselftests := $(DESTDIR)/usr/libexec/tcpadvisor/selftests
# The KUnit suites too, where the kernel can run them.
export TCPA_KUNIT ?= $(if $(shell grep -s '^CONFIG_KUNIT=' $(KDIR)/.config),m)

.DEFAULT_GOAL := help
.PHONY: help demo ladder test matrix kprobes hooks compile advice model fuzz sanitize soak \
	bench bench-peers \
	style install uninstall modules tools dist packages rpm alert-test fleet-test readme-test \
	clean install-files uninstall-files install-source \
	stage stage-module stage-tools stage-selftests

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: ## overload nginx in a throw-away VM, explain it, cure it, prove it
	scripts/prereq kselftest
	$(vm) run --icount --timeout 1800 --package nginx --package wrk -- selftests/demo.sh

# The guest's memory is small, its hash of connections that of a host of 32 GB,
# for the limit of TIME_WAITs follows from it.
ladder: ## connections a client completes, by the steps of guides and by advice
	scripts/prereq kselftest
	$(vm) run --icount --timeout 1200 --append thash_entries=262144 -- \
		$(lib)/ladder.sh

test: ## unit tests, those of the command, the selftests in a VM on one kernel
	scripts/check kselftest:6.12 advice:6.12 tools dkms:6.12 lab unit

matrix: ## the selftests on every supported kernel
	scripts/check compile $(series:%=kselftest:%)

kprobes: ## the selftests with the kernel hooked by kprobes in place of ftrace
	scripts/check kprobes:6.12

compile: ## the module for every kernel that Debian has headers of, six architectures
	scripts/prereq compile
	scripts/compile

advice: ## every verdict on real servers, the advice followed, cures compared
	scripts/prereq advice
	scripts/advice all

model: ## the model of a listener's queues against the kernel, a table
	$(vm) run --icount --timeout 1200 -- $(lib)/model_kernel.sh all

fuzz: ## the judgement for ten minutes, the command's parsers for two each
	scripts/prereq unit tools
	$(MAKE) -C selftests/unit fuzz FUZZ_SECONDS=600
	$(MAKE) -C tools fuzz FUZZ_SECONDS=120

hooks: ## the module on kernels without ftrace, without kprobes, with neither
	selftests/kernels/hooks

sanitize: ## the selftests, long, on a kernel with KASAN, lockdep, kmemleak, failslab
	selftests/sanitize/planted
	selftests/sanitize/run

bench: ## what it costs, against budgets; writes Documentation/performance.rst
	scripts/bench

bench-peers: ## the same of other programs that look at connections
	scripts/bench peers
	scripts/performance

soak: ## 20 minutes of connections and refusals: exact and flat in the end?
	$(vm) run --one-thread --timeout 2700 -- $(lib)/soak.sh

style: ## checkpatch, sparse, W=1, shellcheck and the house rules
	scripts/check style

install: ## as root: module (DKMS), command, man page and completion, here
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) $(kver) scripts/host install

uninstall: ## take all of it back
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) scripts/host uninstall

modules: ## only build the module, for the kernel KVER (default: the running one)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools: ## only build the command
	$(MAKE) -C tools all

# All kernels here unless one was asked for.
kver = $(if $(filter command environment,$(firstword $(origin KVER))),KVER=$(KVER))

# What is installed but for the module.
install-files:
	$(MAKE) -C tools install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

uninstall-files:
	$(MAKE) -C tools uninstall PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

# The module's sources as DKMS takes them, for packages and `make install`.
dkms_source = $(DESTDIR)/usr/src/tcpadvisor-$(version)
install-source: version = $(or $(shell scripts/version),$(error no version))
install-source:
	find Kbuild COPYING scripts/version module \( -name kunit -o -name conftest.d \) -prune -o \
		-type f \( -name '*.def' -o -name '*.[ch]' ! -name '*.mod.c' -o -name '*.sh' -o ! -name '*.*' \) -print | \
		xargs -I FILE install -D -m 644 FILE $(dkms_source)/FILE
	sed 's/#MODULE_VERSION#/$(version)/' dkms.conf >$(dkms_source)/dkms.conf

dist: ## a tarball of the sources, of which all else works as from git
	scripts/dist

packages: ## the Debian packages for this host's release, in build/packages
	scripts/packages

alert-test: ## Prometheus' alert on a listener that refuses, and its end
	scripts/check alerts:6.12

fleet-test: ## Debian 12 and 13 with the packages; RPM, units, Ansible, Kubernetes
	scripts/check fleet-test:6.1 fleet-test:6.12 rpm:6.12 systemd:6.12 fleet

readme-test: ## every command of README.md, and its sample output
	scripts/prereq readme
	scripts/readme-test

rpm: ## the RPM packages, in build/rpm
	scripts/rpm

clean: ## remove what was built beside the sources; build/ stays
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	-$(MAKE) -C tools clean

# What a guest of selftests/vm boots with: module, command and kselftests, built
# for KVER and installed below DESTDIR. KSFT_DIR is tools/testing/selftests of a
# kernel tree, whose lib.mk and runner are used as they are.
stage: stage-module stage-tools stage-selftests

stage-module: modules
	install -D -m 644 -t $(modlib)/updates module/tcpadvisor.ko \
		$(TCPA_KUNIT:m=module/tcpadvisor_kunit.ko)
	depmod $(if $(DESTDIR),-b $(DESTDIR)) $(KVER)

stage-tools:
	$(MAKE) -C tools install PREFIX=/usr DESTDIR=$(DESTDIR)

stage-selftests:
	$(MAKE) -C selftests all install KSFT_DIR=$(ksft) \
		OUTPUT=$(CURDIR)/selftests INSTALL_PATH=$(kselftests)/tcpadvisor \
		SRC_PATH=$(ksft) OBJ_PATH=$(kselftests)
	install -D -t $(kselftests)/kselftest $(ksft)/kselftest/*
	install -t $(kselftests) $(ksft)/run_kselftest.sh
	$(MAKE) -s --no-print-directory -C selftests emit_tests KSFT_DIR=$(ksft) \
		OUTPUT=$(CURDIR)/selftests COLLECTION=tcpadvisor \
		>$(kselftests)/kselftest-list.txt

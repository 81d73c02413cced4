# SPDX-License-Identifier: GPL-2.0
#
# What a person types. Each target is a line or two around the program that
# does the work, which can as well be run by itself.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr
DESTDIR ?=

modlib := $(DESTDIR)/lib/modules/$(KVER)
ksft = $(abspath $(KSFT_DIR))
kselftests := $(DESTDIR)/usr/libexec/tcpadvisor/selftests

.DEFAULT_GOAL := help
.PHONY: help modules tools clean stage stage-module stage-tools stage-selftests

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

modules: ## build the module for the kernel KVER (default: the running one)
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools: ## build the command
	$(MAKE) -C tools all

clean: ## remove what was built beside the sources
	-$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C tools clean

# What a guest of selftests/vm boots with: module, command and kselftests, built
# for KVER and installed below DESTDIR. KSFT_DIR is tools/testing/selftests of a
# kernel tree, whose lib.mk and runner are used as they are.
stage: stage-module stage-tools stage-selftests

# Parts that are not there yet are passed over, until all are there.
ifneq ($(wildcard module/Kbuild),)
stage-module: modules
	install -D -m 644 module/tcpadvisor.ko $(modlib)/updates/tcpadvisor.ko
	depmod $(if $(DESTDIR),-b $(DESTDIR)) $(KVER)
endif

ifneq ($(wildcard tools/Makefile),)
stage-tools:
	$(MAKE) -C tools install PREFIX=/usr DESTDIR=$(DESTDIR)
endif

ifneq ($(and $(KSFT_DIR),$(wildcard selftests/Makefile)),)
stage-selftests:
	$(MAKE) -C selftests all install KSFT_DIR=$(ksft) \
		OUTPUT=$(CURDIR)/selftests INSTALL_PATH=$(kselftests)/tcpadvisor \
		SRC_PATH=$(ksft) OBJ_PATH=$(kselftests)
	install -D -t $(kselftests)/kselftest $(ksft)/kselftest/*
	install -t $(kselftests) $(ksft)/run_kselftest.sh
	$(MAKE) -s -C selftests emit_tests KSFT_DIR=$(ksft) \
		OUTPUT=$(CURDIR)/selftests COLLECTION=tcpadvisor \
		>$(kselftests)/kselftest-list.txt
endif

# kmsim, the Key Memory simulator
#
#   make                  builds everything into build/bin
#   make demo             plays a story on real processes and shows it
#   make check            runs all tests (build, purity, lint, unit, stories, processes, sanitizers); ONLY="part of a name" some
#   make gates            plants a fault into each gate of check, fuzz, crash, bench and lint, and sees it turn red
#   make bench            measures against peers in the same run; fails when a row misses what it must reach
#   make bench-peers      the kernel beside SystemC and SimGrid, which it installs (PEER_PACKAGES)
#   make fuzz             each libFuzzer target for FUZZ_SECONDS (60)
#   make page             the page of kmsim run --html in Chromium, which it installs (PAGE_PACKAGES), used as by a person; pictures in build/page
#   make crash            kill -9 of units and of kmsim while they store, CRASH_KILLS (2000) times
#   make soak             SOAK_STORIES (10000) in one run, in-process and on processes: memory, files, what is left
#   make campaign         a suite in shards, by GNU parallel and by a Slurm of its own, which it installs (CAMPAIGN_PACKAGES)
#   make install          into PREFIX (/usr/local), under DESTDIR if that is set: programs, vehicles, stories, man pages,
#                         and what a unit of one's own is built on (README)
#   make format, clean, help
#
# demo, check, gates, bench, bench-peers, fuzz, page, crash, soak and campaign install what is missing of PACKAGES first (Debian 12; elsewhere they name it and stop).

PACKAGES = build-essential perl pkg-config libzmq3-dev libczmq-dev libjansson-dev libsodium-dev check \
           clang clang-tidy clang-format cppcheck shellcheck valgrind libclang-rt-14-dev libxml2-utils tidy procps can-utils \
           tshark python3-can python3-scapy python3-zmq python3-nacl python3-jsonschema python3-canmatrix man-db

PEER_PACKAGES = libsystemc-dev libsimgrid-dev
CAMPAIGN_PACKAGES = parallel slurm-wlm munge
PAGE_PACKAGES = chromium

CC       = gcc
CXX      = g++
BUILD    = build
PREFIX   = /usr/local
INSTALLED = $(DESTDIR)$(PREFIX)
OPTIMIZE = -O2 -g
SANITIZE =
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
           -Wswitch-enum -Wundef -Wvla -Werror
CPPFLAGS = -I. -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L
CFLAGS   = -std=c17 -ffp-contract=off $(OPTIMIZE) $(WARNINGS) $(SANITIZE)
LDFLAGS  = -Wl,--as-needed $(SANITIZE)
LDLIBS   = -lczmq -lzmq -ljansson -lsodium -lm
LDLIBS_HELD = $(patsubst %,-l:lib%.a,czmq zmq sodium jansson uuid bsd stdc++) -lm -static-libgcc -Wl,--gc-sections
MAKEFLAGS += --no-builtin-rules

# ---- what there is ---------------------------------------------------------------------------------------------------

MAIN_UNIT        = tools/unit_main.c
MAIN_kmsim       = tools/kmsim.c
MAIN_bus-sniffer = tools/bus_sniffer.c
MAIN_service-tool = tools/service_tool.c
MAIN_cip         = tools/cip.c
UNITS   := $(patsubst ROW(%),%,$(shell grep -o 'ROW([a-z0-9_]*)' tools/units.c))
UNIT     = $(firstword $(UNITS))
SAME_UNIT = $(filter-out $(UNIT),$(UNITS))
TOOLS    = kmsim bus-sniffer service-tool cip
PROGRAMS = $(UNITS) $(TOOLS)
MAINS    = $(MAIN_UNIT) $(foreach p,$(TOOLS),$(MAIN_$(p)))
ABSENT   = tools/absent.c

ROOMS    = $(shell find bus cas ecus scenarios tools -type d)
SOURCES  = $(filter-out $(MAINS) $(ABSENT),$(wildcard $(ROOMS:%=%/*.c)))
LIBRARY  = $(BUILD)/libkmsim.a
BINARIES = $(PROGRAMS:%=$(BUILD)/bin/%)
TESTS    = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/test_*.c))
SUPPORT  = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(wildcard tests/test_*.c),$(wildcard tests/*.c)))
PUBLIC   = $(filter-out %_state.h,$(wildcard $(PUBLIC_ROOMS:%=%/*.h))) bus/zmq/runner.h bus/zmq/wire.h bus/zmq/wire_mistake.h bus/zmq/wire_topic.h
PUBLIC_ROOMS = bus/base bus/can bus/kernel bus/car bus/diagnosis ecus
EXAMPLES = tests/peer/light.c tests/peer/light.py tests/peer/light.json
VERSION  = $(shell sed -n 's/^.define KMSIM_VERSION "\(.*\)"/\1/p' bus/base/version.h)
BENCHES  = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/bench_*.c))
PEERS    = $(patsubst tests/bench/peers/%.cpp,$(BUILD)/bench/peers/%,$(wildcard tests/bench/peers/*.cpp))
BENCH_SUPPORT = $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/bench/bench_%,$(wildcard tests/bench/*.c)) tests/scratch.c)

.PHONY: all demo check gates bench bench-peers fuzz page crash soak campaign install format lint clean help packages tests benches
all: $(BINARIES)

# ---- how it is built -------------------------------------------------------------------------------------------------

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/scenarios/reports/report_html.o: scenarios/reports/page.html

$(LIBRARY): $(SOURCES:%.c=$(BUILD)/%.o)
	@rm -f $@
	ar rcs $@ $^

# A program holds the libraries itself, since a car's processes would load all that these hang on one by one ($(ABSENT)).
# Where an archive is missing, or needs something else, and under a sanitizer it loads them, as tests do.
HELD     = $(if $(SANITIZE),,$(CC) $(LDFLAGS) $^ $(LDLIBS_HELD) -o $@ 2>/dev/null ||) \
           $(CC) $(LDFLAGS) $(filter-out %/absent.o,$^) $(LDLIBS) -o $@

define PROGRAM
$(BUILD)/bin/$(1): $(2:%.c=$(BUILD)/%.o) $(LIBRARY) $(ABSENT:%.c=$(BUILD)/%.o)
	@mkdir -p $$(@D)
	$$(HELD)
endef
$(foreach t,$(TOOLS),$(eval $(call PROGRAM,$(t),$(MAIN_$(t)))))

# The units are one program under several names: one file, whose pages all of them share.
$(eval $(call PROGRAM,$(UNIT),$(MAIN_UNIT)))
$(SAME_UNIT:%=$(BUILD)/bin/%): $(BUILD)/bin/$(UNIT)
	ln -f $< $@ 2>/dev/null || cp -f $< $@

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT) $(LIBRARY)
	$(CC) $(LDFLAGS) $^ $(shell pkg-config --libs check) $(LDLIBS) -o $@

$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BENCH_SUPPORT) $(LIBRARY) $(ABSENT:%.c=$(BUILD)/%.o)
	@mkdir -p $(@D)
	$(HELD)

$(BUILD)/bench/peers/%: tests/bench/peers/%.cpp tests/bench/peers/saturated.h $(LIBRARY)
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) -std=c++17 $(OPTIMIZE) -Wall -Wextra $< $(LIBRARY) -l$* -o $@

tests: $(TESTS)
benches: $(BENCHES)
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# ---- what it is for --------------------------------------------------------------------------------------------------

packages:
	@missing=; for p in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] && exit 0; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	if command -v apt-get >/dev/null && { [ -z "$$sudo" ] || command -v sudo >/dev/null; } && $$sudo apt-get update -q && \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; then exit 0; fi; \
	echo "kmsim needs these Debian packages or their like:$$missing" >&2; exit 2

demo: packages
	@$(MAKE) -s all
	@$(BUILD)/bin/kmsim run -v scenarios/welcome.json

check: packages
	@tests/check.sh $(if $(ONLY),"$(ONLY)")

gates: packages
	@$(MAKE) -s all tests
	@tests/check_gates.sh --all

bench: packages
	@$(MAKE) -s all benches
	@tests/bench.sh

bench-peers: packages
	@$(MAKE) -s packages PACKAGES="$(PEER_PACKAGES)"
	@$(MAKE) -s all benches $(PEERS)
	@tests/bench.sh bench_peers

fuzz: packages
	@tests/fuzz.sh $(or $(FUZZ_SECONDS),60)

page: packages
	@$(MAKE) -s packages PACKAGES="$(PAGE_PACKAGES)"
	@$(MAKE) -s all
	@tests/page.sh

crash: packages
	@$(MAKE) -s all tests
	@tests/crash.sh $(or $(CRASH_KILLS),2000)

soak: packages
	@$(MAKE) -s all
	@tests/soak.py $(BUILD)/bin $(or $(SOAK_STORIES),10000) --in-process
	@tests/soak.py $(BUILD)/bin $(or $(SOAK_STORIES),10000)

campaign: packages
	@$(MAKE) -s packages PACKAGES="$(CAMPAIGN_PACKAGES)"
	@$(MAKE) -s all
	@tests/campaign.sh $(BUILD)/bin

# A unit of one's own is built on the headers and the library (kmsim.pc), or on the Python module.
install: all $(LIBRARY)
	install -d $(foreach d,bin libexec/kmsim lib/pkgconfig share/man/man1 share/kmsim/vehicles share/kmsim/scenarios/steps \
	    share/kmsim/examples share/kmsim/python share/kmsim/campaign,"$(INSTALLED)/$(d)")
	install $(TOOLS:%=$(BUILD)/bin/%) "$(INSTALLED)/bin"
	install $(BUILD)/bin/$(UNIT) "$(INSTALLED)/libexec/kmsim"
	cd "$(INSTALLED)/libexec/kmsim" && for unit in $(SAME_UNIT); do ln -f $(UNIT) $$unit || cp -f $(UNIT) $$unit || exit 1; done
	install -m 644 bus/vehicles/* "$(INSTALLED)/share/kmsim/vehicles"
	install -m 644 scenarios/*.json "$(INSTALLED)/share/kmsim/scenarios"
	install -m 644 scenarios/steps/*.json "$(INSTALLED)/share/kmsim/scenarios/steps"
	for header in $(PUBLIC); do install -D -m 644 $$header "$(INSTALLED)/include/kmsim/$$header" || exit 1; done
	install -m 644 $(LIBRARY) "$(INSTALLED)/lib"
	sed 's/@VERSION@/$(VERSION)/' tools/kmsim.pc.in > "$(INSTALLED)/lib/pkgconfig/kmsim.pc"
	chmod 644 "$(INSTALLED)/lib/pkgconfig/kmsim.pc"
	install -m 644 tools/man/*.1 "$(INSTALLED)/share/man/man1"
	install tools/campaign/*.sh "$(INSTALLED)/share/kmsim/campaign"
	install -m 644 tools/python/kmsim_peer.py "$(INSTALLED)/share/kmsim/python"
	install -m 644 $(EXAMPLES) "$(INSTALLED)/share/kmsim/examples"

lint: packages
	@tests/lint.sh

format:
	clang-format -i $(shell git ls-files "*.[ch]" "*.cpp")

clean:
	rm -rf $(BUILD)

help:
	@sed -n '/^#/!q;s/^# \{0,1\}//p' Makefile

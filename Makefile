# GNU make.  A sanitizer build has a folder of its own: make SAN=address check
VERSION := $(shell cat VERSION)
PREFIX ?= /usr/local
DESTDIR ?=
SAN ?=
WERROR ?=
comma := ,

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wvla \
	-Wundef -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	$(if $(WERROR),-Werror)
CFLAGS ?= -O2 -g -fstack-protector-strong -fPIE
LDFLAGS ?= -pie -Wl,-z,relro,-z,now
# Fortified functions need optimisation and disturb the sanitizers.
FORTIFY := $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
CPPFLAGS += -Ilib -D_POSIX_C_SOURCE=200809L -DVERSION='"$(VERSION)"' \
	-DSHARE_DIR='"$(PREFIX)/share/jobmill"' $(FORTIFY)

# Libraries of all programs, and of single ones.
PKGS := libcjson libcrypto
PKGS.feed-fetch := libcurl zlib libbrotlidec libzstd
PKGS.xml2jsonl := expat libutf8proc
PKGS.job-dedup := libutf8proc libxxhash
PKGS.ai-enrich := libcurl libutf8proc
PKGS.job-route := libpcre2-8
PKGS.pg-store := libpq
PKGS.xano-sync := libcurl libxxhash
PKGS.job-serve := libmicrohttpd zlib
LIBS := -lm -lpthread

O := build/$(if $(SAN),$(subst $(comma),-,$(SAN)),plain)$(if $(filter-out cc gcc,$(CC)),-$(notdir $(CC)))
BIN := $(if $(SAN),$(O)/bin,bin)
TOOLS := $(notdir $(wildcard src/*))
san := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
every_pkg := $(sort $(PKGS) $(foreach t,$(TOOLS),$(PKGS.$(t))) libmicrohttpd)
cflags := $(WARN) $(CPPFLAGS) $(shell pkg-config --cflags $(every_pkg)) \
	$(CFLAGS) $(san)
objects = $(patsubst %.c,$(O)/%.o,$(wildcard $(1)/*.c))
libs_of = $(shell pkg-config --libs $(PKGS) $(1)) $(LIBS)

all: $(TOOLS:%=$(BIN)/%) web

# Parts of the pages of job-serve; without npm or a network the pages do
# without.
web: $(if $(shell command -v npm),share/www/vendor/.lock)
share/www/vendor/.lock: package.json package-lock.json scripts/web-parts
	@scripts/web-parts || echo 'job-serve will have no charts and no /docs'

$(O)/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(CC) -std=c17 $(cflags) -MMD -MP -c -o $@ $<

$(O)/libjobmill.a: $(call objects,lib)
	@rm -f $@
	$(AR) rcs $@ $^

define program
$(BIN)/$(1): $(call objects,src/$(1)) $(O)/libjobmill.a
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(san) $$(LDFLAGS) -o $$@ $$^ \
		$$(call libs_of,$$(PKGS.$(1)))
endef
$(foreach t,$(TOOLS),$(eval $(call program,$(t))))

# What the tests need: one program a file tests/unit/test_X.c (cmocka, linked
# with the library and, where tests/unit/X.mk-style lists name them below, with
# objects of a program), the stand-ins, and small helpers in tests/support.
UNITS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))
STANDINS := $(notdir $(patsubst %/,%,$(wildcard tests/standins/*/)))
SUPPORT := $(patsubst tests/support/%.c,%,$(wildcard tests/support/*.c))
BENCHES := $(patsubst tests/bench/%.c,%,$(wildcard tests/bench/*.c))
TBIN := $(O)/tests

# Objects of programs that a unit test looks into: UNIT.test_x := src/NAME/x.c
-include tests/unit/units.mk

define unit
$(TBIN)/$(1): $(O)/tests/unit/$(1).o $(UNIT.$(1):%.c=$(O)/%.o) $(O)/libjobmill.a
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(san) $$(LDFLAGS) -o $$@ $$^ \
		$$(call libs_of,$$(every_pkg) cmocka)
endef
$(foreach t,$(UNITS),$(eval $(call unit,$(t))))

define standin
$(TBIN)/$(1): $(call objects,tests/standins/$(1)) $(call objects,tests/standins) \
		$(O)/libjobmill.a
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(san) $$(LDFLAGS) -o $$@ $$^ \
		$$(call libs_of,libmicrohttpd)
endef
$(foreach t,$(STANDINS),$(eval $(call standin,$(t))))

# Programs that play histories against them: tests/faults/NAME/*.c.
PLAYERS := $(notdir $(patsubst %/,%,$(wildcard tests/faults/*/)))
define player
$(TBIN)/$(1): $(call objects,tests/faults/$(1)) $(call objects,tests/faults) \
		$(O)/libjobmill.a
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(san) $$(LDFLAGS) -o $$@ $$^ \
		$$(call libs_of,$$(every_pkg))
endef
$(foreach t,$(PLAYERS),$(eval $(call player,$(t))))

# What is loaded into a program before its own libraries: tests/preload/X.c.
PRELOADS := $(patsubst tests/preload/%.c,%,$(wildcard tests/preload/*.c))
$(TBIN)/%.so: tests/preload/%.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=c17 $(WARN) -D_GNU_SOURCE $(filter-out -fPIE,$(CFLAGS)) \
		-fPIC -shared -o $@ $< -ldl

define single
$(TBIN)/$(1): $(O)/$(2)/$(1).o $(UNIT.$(1):%.c=$(O)/%.o) $(O)/libjobmill.a
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(san) $$(LDFLAGS) -o $$@ $$^ \
		$$(call libs_of,$$(every_pkg))
endef
$(foreach t,$(SUPPORT),$(eval $(call single,$(t),tests/support)))
$(foreach t,$(BENCHES),$(eval $(call single,$(t),tests/bench)))

# job-dedup as it is when all hashes collide and the machine has no vectors.
$(O)/collide/%.o: src/job-dedup/%.c tests/support/collide.h Makefile VERSION
	@mkdir -p $(@D)
	$(CC) -std=c17 $(cflags) -include tests/support/collide.h -MMD -MP \
		-c -o $@ $<
$(TBIN)/job-dedup-collide: $(patsubst src/job-dedup/%.c,$(O)/collide/%.o,\
		$(wildcard src/job-dedup/*.c)) $(O)/libjobmill.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(san) $(LDFLAGS) -o $@ $^ \
		$(call libs_of,$(PKGS.job-dedup))

# Fuzz targets tests/fuzz/fuzz_X.c: replayed over tests/fuzz/corpus/X by any
# compiler, driven by libFuzzer in scripts/fuzz.  Objects of programs that one
# looks into: FUZZ.fuzz_x := src/NAME/x.c
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
-include tests/fuzz/fuzz.mk

define fuzzer
$(TBIN)/$(1): $(O)/tests/fuzz/$(1).o $(O)/tests/fuzz/replay.o \
		$(FUZZ.$(1):%.c=$(O)/%.o) $(O)/libjobmill.a
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(san) $$(LDFLAGS) -o $$@ $$^ \
		$$(call libs_of,$$(every_pkg))
$(O)/fuzz/$(1): $(O)/tests/fuzz/$(1).o $(FUZZ.$(1):%.c=$(O)/%.o) \
		$(O)/libjobmill.a
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(san) -fsanitize=fuzzer $$(LDFLAGS) -o $$@ $$^ \
		$$(call libs_of,$$(every_pkg))
endef
$(foreach t,$(FUZZERS),$(eval $(call fuzzer,$(t))))

# Run each target over its seeds.
replay: $(FUZZERS:%=$(TBIN)/%)
	@for t in $(FUZZERS); do \
		echo "$$t: $$($(TBIN)/$$t tests/fuzz/corpus/$${t#fuzz_})" || exit; \
	done

tests: all $(FUZZERS:%=$(TBIN)/%) $(UNITS:%=$(TBIN)/%) $(STANDINS:%=$(TBIN)/%) \
	$(PLAYERS:%=$(TBIN)/%) $(SUPPORT:%=$(TBIN)/%) $(BENCHES:%=$(TBIN)/%) \
	$(PRELOADS:%=$(TBIN)/%.so) $(TBIN)/job-dedup-collide

unit: $(UNITS:%=$(TBIN)/%)
	@for t in $^; do $$t || exit; done

standins: $(STANDINS:%=$(TBIN)/%)

-include $(shell find $(O) -name '*.d' 2>/dev/null)

# What a person or a machine asks of a checkout; scripts/check does it twice.
check: tests
	tests/run '$(BIN)' '$(TBIN)'

bench:
	scripts/bench

# Analysers that take longer than lint; lines that the tests reach.
analyze:
	scripts/analyze

coverage:
	scripts/coverage

benches: $(BENCHES:%=$(TBIN)/%)

SOURCES := $(wildcard lib/*.c src/*/*.c)
HEADERS := $(wildcard lib/*.h src/*/*.h tests/*/*.h tests/*/*/*.h)
TESTING := $(wildcard tests/*/*.c tests/*/*/*.c)
MANUALS := $(wildcard man/man?/*.?)
SHELLS := $(wildcard pipelines/* scripts/* .ci/* tests/run tests/web/run tests/support/*.bash \
	tests/faults/show-matrix tests/faults/random-days \
	tests/support/test-postgres tests/container/postgres-start \
	tests/container/try-units share/sh/*.bash)

lint: lint-format lint-headers lint-man lint-sh lint-tidy

lint-format:
	clang-format --dry-run -Werror $(SOURCES) $(HEADERS) $(TESTING)

# A header is a contract: it stands alone.
lint-headers:
	@for header in $(HEADERS); do \
		echo 'extern int nothing;' | $(CC) -std=c17 $(cflags) -Werror \
			-fsyntax-only -include $$header -x c - || exit; \
	done

lint-man:
	mandoc -Tlint -Wwarning $(MANUALS)

lint-sh:
	shellcheck -x $(SHELLS)

lint-tidy:
	@printf '%s\n' $(SOURCES) | xargs -n 1 -P "$$(nproc)" sh -c \
		'clang-tidy --quiet "$$1" -- -std=c17 $(subst ','\'',$(cflags)) \
		2>/dev/null' clang-tidy

SHARED = $(shell find share -type f ! -path 'share/completions/*' \
	! -path 'share/systemd/*')
PIPELINES := $(wildcard pipelines/*)
COMPLETED := $(TOOLS) $(notdir $(PIPELINES))
COMPLETIONS := $(PREFIX)/share/bash-completion/completions
UNITS_DIR ?= $(PREFIX)/lib/systemd/system
SYSUSERS_DIR ?= $(PREFIX)/lib/sysusers.d
SERVICES := $(wildcard share/systemd/*.service share/systemd/*.socket \
	share/systemd/*.timer)

install: all
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install $(TOOLS:%=$(BIN)/%) $(PIPELINES) '$(DESTDIR)$(PREFIX)/bin'
	for file in $(SHARED:share/%=%) ; do \
		install -D -m 644 "share/$$file" \
			"$(DESTDIR)$(PREFIX)/share/jobmill/$$file" || exit; \
	done
	install -m 644 VERSION '$(DESTDIR)$(PREFIX)/share/jobmill'
	for file in $(MANUALS); do \
		install -D -m 644 "$$file" \
			"$(DESTDIR)$(PREFIX)/share/$$file" || exit; \
	done
	install -D -m 644 share/completions/jobmill.bash \
		'$(DESTDIR)$(COMPLETIONS)/jobmill'
	for program in $(COMPLETED); do \
		ln -sf jobmill "$(DESTDIR)$(COMPLETIONS)/$$program" || exit; \
	done
	install -d '$(DESTDIR)$(UNITS_DIR)'
	for unit in $(SERVICES); do \
		sed -E 's|^(ExecStart[A-Za-z]*=)|\1$(PREFIX)/bin/|' "$$unit" \
			>"$(DESTDIR)$(UNITS_DIR)/$${unit##*/}" || exit; \
	done
	chmod 644 $(SERVICES:share/systemd/%='$(DESTDIR)$(UNITS_DIR)/%')
	install -D -m 644 share/systemd/jobmill.sysusers \
		'$(DESTDIR)$(SYSUSERS_DIR)/jobmill.conf'
	install -D -m 644 share/systemd/env \
		'$(DESTDIR)$(PREFIX)/share/jobmill/systemd/env'
	@test -e share/www/vendor/.lock || \
		echo 'job-serve has no charts and no /docs: see scripts/web-parts'

uninstall:
	rm -f $(TOOLS:%='$(DESTDIR)$(PREFIX)/bin/%') \
		$(patsubst pipelines/%,'$(DESTDIR)$(PREFIX)/bin/%',$(PIPELINES)) \
		$(MANUALS:%='$(DESTDIR)$(PREFIX)/share/%') \
		$(patsubst %,'$(DESTDIR)$(COMPLETIONS)/%',jobmill $(COMPLETED)) \
		$(SERVICES:share/systemd/%='$(DESTDIR)$(UNITS_DIR)/%') \
		'$(DESTDIR)$(SYSUSERS_DIR)/jobmill.conf'
	rm -rf '$(DESTDIR)$(PREFIX)/share/jobmill'

# The same bytes wherever and whenever a commit is packed: times are the
# commit's, and no configuration of a person's git counts.
dist:
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 \
		git -c tar.umask=0022 -c core.autocrlf=false archive \
		--format=tar --prefix=jobmill-$(VERSION)/ HEAD | \
		gzip -n -9 >jobmill-$(VERSION).tar.gz

# A Debian package, in build/deb, from a copy of the tree: what dpkg's programs
# leave behind stays there.
deb: web
	rm -rf build/deb
	mkdir -p build/deb/jobmill-$(VERSION)
	tar -c --exclude-vcs --exclude=./build --exclude='./bin/[!.]*' \
		--exclude=./var --exclude=./node_modules --exclude=./.env . | \
		tar -x -C build/deb/jobmill-$(VERSION)
	cd build/deb/jobmill-$(VERSION) && \
		env -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage -b -us -uc >../log 2>&1 || \
		{ tail -n 30 ../log >&2; exit 1; }
	@ls build/deb/*.deb

clean:
	rm -rf build
	find bin -type f ! -name .gitignore -delete

.PHONY: all web deb tests unit replay standins check bench benches analyze coverage lint lint-format lint-headers \
	lint-man lint-sh lint-tidy install uninstall dist clean
.DELETE_ON_ERROR:

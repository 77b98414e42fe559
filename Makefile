# whit: `make` builds build/whit and the libraries, `make demo`, `make test`,
# `make bench` and `make install PREFIX=` do what they say. GNU make.
#
#   CC=clang-22|gcc     compiler; the best one found is the default
#   SAN=address,undefined   sanitised variant, in build/san
#   BUILD=dir           where everything goes; nothing is written elsewhere
#   FOLDERS="base wasm" build only these layers of src/ (for working on one)

.DEFAULT_GOAL := all
VERSION := 0.1.0
SAN ?=
BUILD ?= $(if $(SAN),build/san,build)
PREFIX ?= /usr/local
DESTDIR ?=

# Clang from 19 on compiles the interpreter to tail calls with every machine
# register in use; other compilers get the portable dispatch loop.
CC_GIVEN := $(if $(filter command,$(firstword $(origin CC))),$(CC))
ifneq ($(filter default undefined,$(origin CC))$(if $(CC),,empty),)
override CC := $(firstword $(foreach c,clang-22 clang-21 clang-20 clang-19 clang gcc cc,\
        $(if $(shell command -v $(c) 2>/dev/null),$(c))))
endif

FOLDERS ?= $(filter-out README.md LAYERS,$(notdir $(wildcard src/*)))
SOURCES := $(foreach f,$(FOLDERS),$(wildcard src/$(f)/*.c src/$(f)/*/*.c))
PROGRAM_FOLDERS := toolchain cli wast
LIB_SOURCES := $(filter-out $(foreach f,$(PROGRAM_FOLDERS),src/$(f)/%),$(SOURCES))
PROGRAM_SOURCES := $(filter $(foreach f,$(PROGRAM_FOLDERS),src/$(f)/%),$(SOURCES))

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wpointer-arith -Wvla
OPTIMIZE ?= $(if $(SAN),-O1 -fno-omit-frame-pointer,-O2)
CFLAGS ?=
ALL_CFLAGS := -std=c17 -D_GNU_SOURCE -g $(OPTIMIZE) $(WARNINGS) \
              -fvisibility=hidden -fPIC -Isrc -Iinclude \
              -DWHIT_VERSION='"$(VERSION)"' \
              $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all) $(CFLAGS)
LIBS := -lm -lpthread $(if $(SAN),-fsanitize=$(SAN))
# The program alone reads cargo's JSON; the library needs only libc.
JSON_CFLAGS = $(shell pkg-config --cflags jansson)
JSON_LIBS = $(shell pkg-config --libs jansson)

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/obj/%.o)
PROGRAM_OBJECTS := $(PROGRAM_SOURCES:%.c=$(BUILD)/obj/%.o)

.PHONY: all lib clean
all: $(BUILD)/whit $(BUILD)/libwhit.a $(BUILD)/libwhit.so
lib: $(BUILD)/libwhit.a

$(BUILD)/obj/src/toolchain/%.o: ALL_CFLAGS += $(JSON_CFLAGS)
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/libwhit.a: $(LIB_OBJECTS)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/libwhit.so: $(LIB_OBJECTS)
	$(CC) -shared -o $@ $^ $(LIBS)

$(BUILD)/whit: $(PROGRAM_OBJECTS) $(BUILD)/libwhit.a
	$(CC) -o $@ $(PROGRAM_OBJECTS) $(BUILD)/libwhit.a $(LIBS) $(JSON_LIBS)

# Tests: one program for each file under tests/unit and tests/faults.
TEST_SOURCES := $(wildcard tests/unit/*/test_*.c tests/faults/test_*.c)
TEST_PROGRAMS := $(TEST_SOURCES:%.c=$(BUILD)/%)
TEST_OBJECTS := $(filter-out $(BUILD)/obj/src/cli/%,$(PROGRAM_OBJECTS))
FUZZ_SOURCES := $(wildcard fuzz/fuzz_*.c)
FUZZ_PROGRAMS := $(FUZZ_SOURCES:%.c=$(BUILD)/%)

$(BUILD)/tests/%: tests/%.c tests/unit/test.h $(TEST_OBJECTS) $(BUILD)/libwhit.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests/unit $(JSON_CFLAGS) -o $@ $< $(TEST_OBJECTS) \
	    $(BUILD)/libwhit.a $(LIBS) $(JSON_LIBS)

# Fuzz targets replay files by themselves; with FUZZER=1 (clang) they search.
FUZZER ?=
$(BUILD)/fuzz/%: fuzz/%.c fuzz/standalone_main.c $(TEST_OBJECTS) $(BUILD)/libwhit.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(if $(FUZZER),-fsanitize=fuzzer) -o $@ $< \
	    $(if $(FUZZER),,fuzz/standalone_main.c) $(TEST_OBJECTS) \
	    $(BUILD)/libwhit.a $(LIBS) $(JSON_LIBS)

.PHONY: test test-programs fuzz-programs demo bench check install setup
test-programs: $(TEST_PROGRAMS)
fuzz-programs: $(FUZZ_PROGRAMS)

setup:
	@tools/setup
# After setup, because it may install the compiler that CC then names.
test demo: setup
	@$(MAKE) --no-print-directory CC=$(CC_GIVEN) $@-ready
bench:
	@tools/setup bench
	@$(MAKE) --no-print-directory CC=$(CC_GIVEN) bench-ready
.PHONY: test-ready demo-ready bench-ready
test-ready: all
	@tests/run
demo-ready: all
	@examples/demo
bench-ready: all
	@bench/run
check:
	@tools/check_layers && tools/check_style && tools/check_headers

INSTALL ?= install
install: all
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig \
	    $(DESTDIR)$(PREFIX)/include/whit \
	    $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(INSTALL) -m 755 $(BUILD)/whit $(DESTDIR)$(PREFIX)/bin/whit
	$(INSTALL) -m 644 $(BUILD)/libwhit.a $(DESTDIR)$(PREFIX)/lib/
	$(INSTALL) -m 755 $(BUILD)/libwhit.so $(DESTDIR)$(PREFIX)/lib/
	$(INSTALL) -m 644 include/whit.h $(DESTDIR)$(PREFIX)/include/
	$(INSTALL) -m 644 include/whit/* $(DESTDIR)$(PREFIX)/include/whit/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
	    tools/whit.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/whit.pc
	tools/man $(BUILD)/whit $(DESTDIR)$(PREFIX)/share/man/man1
	$(INSTALL) -m 644 tools/completions/whit.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/whit
	$(INSTALL) -m 644 tools/completions/_whit \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_whit
	$(INSTALL) -m 644 tools/completions/whit.fish \
	    $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/whit.fish

clean:
	rm -rf build

-include $(LIB_OBJECTS:.o=.d) $(PROGRAM_OBJECTS:.o=.d)

# whit: `make` builds build/whit and the libraries, `make demo`, `make test`,
# `make bench` and `make install PREFIX=` do what they say. GNU make.
#
#   CC=clang-22|gcc     compiler; the best one found is the default
#   SAN=address,undefined   sanitised variant, in build/san
#   BUILD=dir           where everything goes; nothing is written elsewhere
#   FOLDERS="base wasm" build only these layers of src/ (for working on one)
#   FUZZER=1            fuzz targets that search, in build/fuzzer (clang)
#   V=1                 show the commands

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
V ?=
Q := $(if $(V),,@)
QUIET := $(V)$(findstring s,$(firstword -$(MAKEFLAGS)))
say = @$(if $(QUIET),:,printf '%-6s %s\n')
VERSION := 0.1.0
SOVERSION := 0
SAN ?=
FUZZER ?=
BUILD ?= $(if $(FUZZER),build/fuzzer,$(if $(SAN),build/san,build))
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DESTDIR ?=

# Clang from 19 on compiles the interpreter to tail calls with every machine
# register in use; other compilers get the portable dispatch loop.
CC_GIVEN := $(if $(filter command,$(firstword $(origin CC))),$(CC))
ifneq ($(filter default undefined,$(origin CC))$(if $(CC),,empty),)
override CC := $(firstword $(foreach c,clang-22 clang-21 clang-20 clang-19 clang gcc cc,\
        $(if $(shell command -v $(c) 2>/dev/null),$(c))))
endif
JOBS := $(shell nproc 2>/dev/null || echo 2)

FOLDERS ?= $(filter-out README.md LAYERS,$(notdir $(wildcard src/*)))
SOURCES := $(foreach f,$(FOLDERS),$(wildcard src/$(f)/*.c src/$(f)/*/*.c))
PROGRAM_FOLDERS := bindgen toolchain cli wast
LIB_SOURCES := $(filter-out $(foreach f,$(PROGRAM_FOLDERS),src/$(f)/%),$(SOURCES))
PROGRAM_SOURCES := $(filter $(foreach f,$(PROGRAM_FOLDERS),src/$(f)/%),$(SOURCES))

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wpointer-arith -Wvla
OPTIMIZE ?= $(if $(SAN),-O1 -fno-omit-frame-pointer,-O2)
CFLAGS ?=
ALL_CFLAGS := -std=c17 -D_GNU_SOURCE -g $(OPTIMIZE) $(WARNINGS) \
              -fvisibility=hidden -fPIC -Isrc -Iinclude \
              -DWHIT_VERSION='"$(VERSION)"' \
              $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all) \
              $(if $(FUZZER),-fsanitize=fuzzer-no-link) $(CFLAGS)
LIBS := -lm -lpthread $(if $(SAN),-fsanitize=$(SAN))
# The program alone reads cargo's JSON; the library needs only libc.
JSON_CFLAGS = $(eval JSON_CFLAGS := $$(shell pkg-config --cflags jansson))$(JSON_CFLAGS)
JSON_LIBS = $(eval JSON_LIBS := $$(shell pkg-config --libs jansson))$(JSON_LIBS)

LIB_OBJECTS := $(LIB_SOURCES:%.c=$(BUILD)/obj/%.o)
PROGRAM_OBJECTS := $(PROGRAM_SOURCES:%.c=$(BUILD)/obj/%.o)

comma := ,
SHARED := $(BUILD)/libwhit.so.$(VERSION)

.PHONY: all lib clean FORCE
all: $(BUILD)/whit $(BUILD)/libwhit.a $(BUILD)/libwhit.so
lib: $(BUILD)/libwhit.a

# What objects are compiled with; it changes when CC or a flag does, and then
# everything is compiled anew.
COMPILED_WITH := $(CC) $(ALL_CFLAGS)
$(BUILD)/flags: FORCE
	$(if $(CC),,$(error no C compiler found: tools/setup installs what is missing))
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(COMPILED_WITH))' | cmp -s - $@ || \
	    echo '$(subst ','\'',$(COMPILED_WITH))' > $@

$(BUILD)/obj/src/toolchain/%.o: ALL_CFLAGS += $(JSON_CFLAGS)
$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@
# They hold these files, through .incbin. tools/adapter makes the modules.
$(BUILD)/obj/src/toolchain/build_guest.o: guest/c/runtime.c
$(BUILD)/obj/src/bindgen/c_guest.o: guest/c/whit/whit_guest.c \
    guest/c/whit/whit_guest.h
$(BUILD)/obj/src/toolchain/new_project.o: $(wildcard guest/rust/whit/* \
    guest/rust/whit/src/*)
$(BUILD)/obj/src/toolchain/adapter.o: guest/adapter/stdio.wasm \
    guest/adapter/files.wasm

$(BUILD)/libwhit.a: $(LIB_OBJECTS)
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^

# What is installed: one object, whose names are the public ones only.
$(BUILD)/install/libwhit.a: $(LIB_OBJECTS)
	@mkdir -p $(@D)
	$(say) AR $@
	$(Q)$(LD) -r -o $(@D)/whit.o $^
	$(Q)$(OBJCOPY) --localize-hidden $(@D)/whit.o
	$(Q)rm -f $@ && ar rcs $@ $(@D)/whit.o

$(SHARED): $(LIB_OBJECTS)
	$(say) LD $@
	$(Q)$(CC) -shared -Wl,-soname,libwhit.so.$(SOVERSION) \
	    $(if $(SAN),,-Wl$(comma)-z$(comma)defs) -o $@ $^ $(LIBS)
$(BUILD)/libwhit.so: $(SHARED)
	@ln -sf $(<F) $(BUILD)/libwhit.so.$(SOVERSION)
	@ln -sf libwhit.so.$(SOVERSION) $@

$(BUILD)/whit: $(PROGRAM_OBJECTS) $(BUILD)/libwhit.a
	$(say) LD $@
	$(Q)$(CC) -o $@ $(PROGRAM_OBJECTS) $(BUILD)/libwhit.a $(LIBS) $(JSON_LIBS)

# Tests: one program for each file under tests/unit and tests/faults.
TEST_SOURCES := $(wildcard tests/unit/*/test_*.c tests/faults/test_*.c)
TEST_PROGRAMS := $(TEST_SOURCES:%.c=$(BUILD)/%)
TEST_OBJECTS := $(filter-out $(BUILD)/obj/src/cli/%,$(PROGRAM_OBJECTS))
FUZZ_SOURCES := $(wildcard fuzz/fuzz_*.c)
FUZZ_PROGRAMS := $(FUZZ_SOURCES:%.c=$(BUILD)/%)
# What fuzz targets share, with each other and with tests.
FUZZ_HELPERS := $(filter-out $(FUZZ_SOURCES) fuzz/standalone_main.c,\
        $(wildcard fuzz/*.c))
FUZZ_HELPERS := $(FUZZ_HELPERS:%.c=$(BUILD)/obj/%.o)

$(BUILD)/tests/%: tests/%.c $(TEST_OBJECTS) $(BUILD)/libwhit.a
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -MT $@ -Itests/unit -Ifuzz \
	    $(JSON_CFLAGS) -o $@ $(filter %.c %.o,$^) $(BUILD)/libwhit.a \
	    $(LIBS) $(JSON_LIBS)
$(BUILD)/tests/unit/interpreter/test_differential: $(FUZZ_HELPERS)
$(BUILD)/tests/unit/canonical/test_value_random: $(FUZZ_HELPERS)

# Fuzz targets replay files by themselves; with FUZZER=1 they search.
FUZZ_MAIN := $(if $(FUZZER),,$(BUILD)/obj/fuzz/standalone_main.o)
$(BUILD)/fuzz/%: $(BUILD)/obj/fuzz/%.o $(FUZZ_MAIN) $(FUZZ_HELPERS) \
    $(TEST_OBJECTS) $(BUILD)/libwhit.a
	@mkdir -p $(@D)
	$(say) LD $@
	$(Q)$(CC) $(if $(FUZZER),-fsanitize=fuzzer) -o $@ $(filter %.o,$^) \
	    $(BUILD)/libwhit.a $(LIBS) $(JSON_LIBS)
.PRECIOUS: $(BUILD)/obj/fuzz/%.o

.PHONY: test-programs fuzz-programs setup built test demo bench check install
test-programs: $(TEST_PROGRAMS)
fuzz-programs: $(FUZZ_PROGRAMS)

# What is asked for is made by a second make, after setup, because setup may
# install the compiler that CC then names.
AGAIN = $(MAKE) --no-print-directory CC=$(CC_GIVEN)
setup:
	@tools/setup
built: setup
	+@$(AGAIN) $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS)) all
test demo check: built
	+@$(AGAIN) $@-ready
bench: built
	@tools/setup bench
	+@$(AGAIN) $@-ready
# The scripts call make themselves, with these and no more.
SCRIPT = MAKEFLAGS= CC='$(CC)' BUILD='$(BUILD)' SAN='$(SAN)' CFLAGS='$(CFLAGS)'
.PHONY: test-ready demo-ready bench-ready check-ready
test-ready:
	@$(SCRIPT) tests/run
demo-ready:
	@$(SCRIPT) examples/demo
bench-ready:
	@$(SCRIPT) bench/run
check-ready:
	@$(SCRIPT) tests/run checks

INSTALL ?= install
OBJCOPY ?= objcopy
SHARE = $(DESTDIR)$(PREFIX)/share
install: all $(BUILD)/install/libwhit.a
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBDIR)/pkgconfig \
	    $(DESTDIR)$(PREFIX)/include/whit $(SHARE)/man/man1 \
	    $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	    $(SHARE)/fish/vendor_completions.d
	$(INSTALL) -m 755 $(BUILD)/whit $(DESTDIR)$(PREFIX)/bin/whit
	$(INSTALL) -m 644 $(BUILD)/install/libwhit.a $(DESTDIR)$(LIBDIR)/
	$(INSTALL) -m 755 $(SHARED) $(DESTDIR)$(LIBDIR)/
	ln -sf libwhit.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libwhit.so.$(SOVERSION)
	ln -sf libwhit.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/libwhit.so
	$(INSTALL) -m 644 include/whit.h $(DESTDIR)$(PREFIX)/include/
	$(INSTALL) -m 644 include/whit/* $(DESTDIR)$(PREFIX)/include/whit/
	sed -e 's|@PREFIX@|$(abspath $(PREFIX))|' \
	    -e 's|@LIBDIR@|$(abspath $(LIBDIR))|' -e 's|@VERSION@|$(VERSION)|' \
	    tools/whit.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/whit.pc
	tools/man $(BUILD)/whit $(SHARE)/man/man1
	$(INSTALL) -m 644 tools/completions/whit.bash \
	    $(SHARE)/bash-completion/completions/whit
	$(INSTALL) -m 644 tools/completions/_whit $(SHARE)/zsh/site-functions/_whit
	$(INSTALL) -m 644 tools/completions/whit.fish \
	    $(SHARE)/fish/vendor_completions.d/whit.fish

clean:
	rm -rf build $(addprefix $(BUILD)/,obj install tests fuzz san \
	    demo bench flags whit) \
	    $(BUILD)/libwhit.*

-include $(LIB_OBJECTS:.o=.d) $(PROGRAM_OBJECTS:.o=.d) $(TEST_PROGRAMS:=.d) \
    $(FUZZ_SOURCES:%.c=$(BUILD)/obj/%.d) $(FUZZ_HELPERS:.o=.d)

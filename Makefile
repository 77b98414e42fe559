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
ifeq ($(origin CC),default)
CC := $(firstword $(foreach c,clang-22 clang-21 clang-20 clang-19 clang gcc cc,\
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

clean:
	rm -rf build

-include $(LIB_OBJECTS:.o=.d) $(PROGRAM_OBJECTS:.o=.d)

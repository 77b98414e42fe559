/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Texts: WIDE for utf16, LATIN1 for latin1+utf16. */
#include "guest.h"

#ifdef WIDE
static const uint16_t text[] = {'h', 0xe4, 0};
#elif defined(LATIN1)
static const char text[] = "h\xe4";
#else
static const char text[] = "hä";
#endif

void exports_guest_echo(guest_string_t *text, guest_string_t *ret)
{
    *ret = *text;
}

void exports_guest_literal(guest_string_t *ret)
{
    guest_string_dup(ret, text);
}

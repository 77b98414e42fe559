/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The page of the HTML report: style, script and frame, without its data. */
#ifndef TOOLCHAIN_SIZE_PAGE_H
#define TOOLCHAIN_SIZE_PAGE_H

extern const char *const size_page_head;
extern const char *const size_page_tail;

#endif

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The smallest C program that says something: whit build examples/hello.c */
#include <stdio.h>

int main(void)
{
    puts("Hello, world!");
    return 0;
}

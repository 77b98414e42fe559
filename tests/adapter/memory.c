/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lets the adapter take memory before the allocator does (arguments, then a
 * descriptor), fills all that malloc gives, and uses both again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 64, SIZE = 9000 };

static void fill(unsigned char **blocks)
{
    for (int n = 0; n < BLOCKS; n++) {
        blocks[n] = malloc(SIZE);
        if (!blocks[n])
            abort();
        memset(blocks[n], n + 1, SIZE);
    }
}

static int are_whole(unsigned char **blocks)
{
    for (int n = 0; n < BLOCKS; n++)
        for (int i = 0; i < SIZE; i++)
            if (blocks[n][i] != n + 1)
                return 0;
    return 1;
}

int main(int argc, char **argv)
{
    static unsigned char *blocks[BLOCKS];
    char text[64] = "";
    FILE *file = fopen("/note", "w+");
    if (!file || argc != 3)
        return 1;
    fill(blocks);
    fprintf(file, "%s and %s, %s", argv[1], argv[2], getenv("NAME"));
    rewind(file);
    if (!fgets(text, sizeof text, file) || fclose(file))
        return 2;
    puts(text);
    return are_whole(blocks) ? 0 : 3;
}

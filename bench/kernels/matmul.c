/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Product of two 120 x 120 matrices of doubles, n times. */

#include "kernel.h"

enum { SIDE = 120 };

typedef double matrix[SIDE][SIDE];

static void multiply(matrix out, matrix a, matrix b)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            double sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += a[i][k] * b[k][j];
            out[i][j] = sum;
        }
}

uint32_t run(uint32_t n)
{
    kernel_reset();
    double (*a)[SIDE] = kernel_alloc(sizeof(matrix));
    double (*b)[SIDE] = kernel_alloc(sizeof(matrix));
    double (*c)[SIDE] = kernel_alloc(sizeof(matrix));
    uint32_t sum = 1;

    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = (i * 7 + j * 3) % 11 / 8.0 - 0.5;
            b[i][j] = (i * 5 + j * 13) % 17 / 16.0 - 0.5;
            c[i][j] = 0;
        }
    for (uint32_t round = 0; round < n; round++) {
        multiply(c, a, b);
        for (int i = 0; i < SIDE; i++) {
            a[i][round % SIDE] = c[i][i] / SIDE;
            sum = kernel_mix_double(sum, c[i][(i + round) % SIDE]);
        }
    }
    return sum;
}

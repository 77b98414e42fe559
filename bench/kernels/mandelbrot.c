/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Escape times of a Mandelbrot picture of 128 x 96 points, n zooms. */

#include "kernel.h"

enum { WIDTH = 128, HEIGHT = 96, STEPS = 200 };

static uint32_t escape_time(double x, double y)
{
    double real = 0, imaginary = 0;
    uint32_t step = 0;

    for (; step < STEPS; step++) {
        double a = real * real, b = imaginary * imaginary;
        if (a + b > 4.0)
            break;
        imaginary = 2 * real * imaginary + y;
        real = a - b + x;
    }
    return step;
}

uint32_t run(uint32_t n)
{
    double scale = 3.0;
    uint32_t sum = 1;

    for (uint32_t round = 0; round < n; round++) {
        for (int row = 0; row < HEIGHT; row++) {
            uint32_t line = 0;
            for (int column = 0; column < WIDTH; column++) {
                double x = -0.745 + scale * (column - WIDTH / 2) / WIDTH;
                double y = 0.11 + scale * (row - HEIGHT / 2) / WIDTH;
                line = line * 31 + escape_time(x, y);
            }
            sum = kernel_mix(sum, line);
        }
        scale *= 0.9;
    }
    return sum;
}

/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Motion of a sun and four planets under gravity, n thousand steps. */

#include "kernel.h"

enum { BODIES = 5 };

typedef struct {
    double at[3];
    double speed[3];
    double mass;
} body;

/* Made-up planets on near-circular orbits: distance, speed, mass. */
static const double PLANETS[BODIES - 1][3] = {
    {1.0, 6.2, 0.04},
    {2.4, 4.0, 0.012},
    {5.1, 2.7, 0.002},
    {8.7, 2.1, 0.0018},
};

static void system_init(body *bodies)
{
    bodies[0] = (body){.mass = 39.0};
    for (int i = 1; i < BODIES; i++) {
        const double *planet = PLANETS[i - 1];
        bodies[i] = (body){
            .at = {planet[0], planet[0] * 0.125, planet[0] * -0.0625},
            .speed = {0.25 * i, planet[1], 0.03125 * i},
            .mass = planet[2],
        };
    }
}

static void system_step(body *bodies, double time)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            body *a = &bodies[i];
            body *b = &bodies[j];
            double x = a->at[0] - b->at[0];
            double y = a->at[1] - b->at[1];
            double z = a->at[2] - b->at[2];
            double square = x * x + y * y + z * z;
            double pull = time / (square * __builtin_sqrt(square));

            a->speed[0] -= x * b->mass * pull;
            a->speed[1] -= y * b->mass * pull;
            a->speed[2] -= z * b->mass * pull;
            b->speed[0] += x * a->mass * pull;
            b->speed[1] += y * a->mass * pull;
            b->speed[2] += z * a->mass * pull;
        }
    for (int i = 0; i < BODIES; i++)
        for (int axis = 0; axis < 3; axis++)
            bodies[i].at[axis] += time * bodies[i].speed[axis];
}

static double system_energy(const body *bodies)
{
    double energy = 0;

    for (int i = 0; i < BODIES; i++) {
        const body *a = &bodies[i];
        for (int axis = 0; axis < 3; axis++)
            energy += 0.5 * a->mass * a->speed[axis] * a->speed[axis];
        for (int j = i + 1; j < BODIES; j++) {
            double square = 0;
            for (int axis = 0; axis < 3; axis++) {
                double d = a->at[axis] - bodies[j].at[axis];
                square += d * d;
            }
            energy -= a->mass * bodies[j].mass / __builtin_sqrt(square);
        }
    }
    return energy;
}

uint32_t run(uint32_t n)
{
    body bodies[BODIES];
    uint32_t sum = 1;

    system_init(bodies);
    for (uint32_t round = 0; round < n; round++) {
        for (int step = 0; step < 1000; step++)
            system_step(bodies, 0.0009765625);
        sum = kernel_mix_double(sum, system_energy(bodies));
    }
    return sum;
}

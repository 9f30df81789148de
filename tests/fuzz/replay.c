// SPDX-License-Identifier: MIT
// Runs a fuzz target without libFuzzer: on each seed, on its first half, quarter and so on, on the seed with some bytes
// changed, and on random inputs of a fixed seed. replay [SEED…]
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bus/base/random.h"

#define INPUT_MAX 262144
#define CHANGED_INPUTS 20 // of each seed
#define RANDOM_INPUTS 500
#define RANDOM_SIZE 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_seed(const char *path, uint8_t *data)
{
    FILE *file = fopen(path, "rb");
    if (!file) return perror(path), exit(2), 0;
    size_t size = fread(data, 1, INPUT_MAX, file);
    bool whole = size < INPUT_MAX;
    fclose(file);
    if (!whole) return fprintf(stderr, "%s: too large for a seed\n", path), exit(2), 0;
    return size;
}

static int run_seed(const char *path, random_t *random)
{
    static uint8_t data[INPUT_MAX];
    int inputs = 0;
    size_t whole = read_seed(path, data);
    for (size_t size = whole; size > 0; size /= 2, inputs++) LLVMFuzzerTestOneInput(data, size);
    for (int i = 0; i < CHANGED_INPUTS && whole > 0; i++, inputs++) {
        data[random_next(random) % whole] = (uint8_t)random_next(random);
        LLVMFuzzerTestOneInput(data, whole);
    }
    return inputs;
}

int main(int argc, char **argv)
{
    static uint8_t data[RANDOM_SIZE];
    int inputs = 0;
    random_t random = random_derive(1, "fuzz replay", 0);
    for (int i = 1; i < argc; i++) inputs += run_seed(argv[i], &random);
    for (int i = 0; i < RANDOM_INPUTS; i++, inputs++) {
        size_t size = random_next(&random) % RANDOM_SIZE;
        for (size_t k = 0; k < size; k++) data[k] = (uint8_t)random_next(&random);
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%d inputs\n", inputs);
    return 0;
}

// SPDX-License-Identifier: MIT
// Runs a fuzz target without libFuzzer: on each seed (a file of hex digits), on its first half, quarter and
// so on, and on random inputs of a fixed seed. replay [SEED.hex…]
#include <stdio.h>
#include <stdlib.h>

#include "bus/base/random.h"

#define INPUT_MAX 4096
#define RANDOM_INPUTS 500

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t read_hex(const char *path, uint8_t *data)
{
    FILE *file = fopen(path, "r");
    unsigned byte;
    size_t size = 0;
    if (!file) return perror(path), exit(2), 0;
    while (size < INPUT_MAX && fscanf(file, "%2x", &byte) == 1) data[size++] = (uint8_t)byte;
    fclose(file);
    return size;
}

int main(int argc, char **argv)
{
    static uint8_t data[INPUT_MAX];
    int inputs = 0;
    for (int i = 1; i < argc; i++) {
        for (size_t size = read_hex(argv[i], data); size > 0; size /= 2, inputs++) LLVMFuzzerTestOneInput(data, size);
    }
    random_t random = random_derive(1, "fuzz replay", 0);
    for (int i = 0; i < RANDOM_INPUTS; i++, inputs++) {
        size_t size = random_next(&random) % 256;
        for (size_t k = 0; k < size; k++) data[k] = (uint8_t)random_next(&random);
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%d inputs\n", inputs);
    return 0;
}

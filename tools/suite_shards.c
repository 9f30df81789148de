// SPDX-License-Identifier: MIT
#include "tools/suite_shards.h"

#include <assert.h>
#include <stdlib.h>

typedef struct {
    int64_t duration_ns;
    size_t index;
} dealt_t;

static bool take_number(const char **text, int *number)
{
    char *end;
    long value = **text >= '0' && **text <= '9' ? strtol(*text, &end, 10) : 0;
    if (value < 1 || value > SUITE_SHARDS_MAX) return false;
    *number = (int)value;
    *text = end;
    return true;
}

bool suite_shards_parse(const char *text, int *shard, int *shards, error_t *error)
{
    const char *rest = text;
    bool good =
        take_number(&rest, shard) && *rest++ == '/' && take_number(&rest, shards) && !*rest && *shard <= *shards;
    return good ||
           error_add(error, "--shard: must be K/N, from 1/N to N/N, N at most %d, not \"%s\"", SUITE_SHARDS_MAX, text);
}

static int longest_first(const void *a, const void *b)
{
    const dealt_t *first = a, *second = b;
    if (first->duration_ns != second->duration_ns) return first->duration_ns > second->duration_ns ? -1 : 1;
    return first->index < second->index ? -1 : 1;
}

// 1 where nothing is known: to deal by number is to deal by equal durations.
static int64_t mean_of(const int64_t *durations_ns, size_t count)
{
    int64_t sum_ns = 0, known = 0;
    for (size_t i = 0; i < count; i++)
        if (durations_ns[i] >= 0) sum_ns += durations_ns[i], known++;
    return known > 0 && sum_ns >= known ? sum_ns / known : 1;
}

void suite_shards_deal(const int64_t *durations_ns, size_t count, int shards, int *shard_of)
{
    int64_t mean_ns = mean_of(durations_ns, count);
    dealt_t *dealt = calloc(count > 0 ? count : 1, sizeof *dealt);
    int64_t *loads_ns = calloc((size_t)shards, sizeof *loads_ns);
    assert(dealt && loads_ns);
    for (size_t i = 0; i < count; i++) dealt[i] = (dealt_t){durations_ns[i] >= 0 ? durations_ns[i] : mean_ns, i};
    qsort(dealt, count, sizeof *dealt, longest_first);
    for (size_t i = 0; i < count; i++) {
        int least = 0;
        for (int shard = 1; shard < shards; shard++)
            if (loads_ns[shard] < loads_ns[least]) least = shard;
        loads_ns[least] += dealt[i].duration_ns;
        shard_of[dealt[i].index] = least + 1;
    }
    free(dealt);
    free(loads_ns);
}

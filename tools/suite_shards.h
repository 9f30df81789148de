// SPDX-License-Identifier: MIT
// Which stories of a suite are a shard's: so that all shards take about as long, by what the stories took in an earlier
// run; one that was not in it counts as their mean. Without one all count alike.
#ifndef KMSIM_TOOLS_SUITE_SHARDS_H
#define KMSIM_TOOLS_SUITE_SHARDS_H

#include <stdint.h>

#include "bus/base/error.h"

#define SUITE_SHARDS_MAX 10000

/// Reads "2/3": 1 <= shard <= shards <= SUITE_SHARDS_MAX. False, with the error told, for anything else.
bool suite_shards_parse(const char *text, int *shard, int *shards, error_t *error);

/// The longest story first, each to the shard that has least to do so far (the first of equals): sets the shard of
/// each, from 1. A duration below 0 is not known.
void suite_shards_deal(const int64_t *durations_ns, size_t count, int shards, int *shard_of);

#endif

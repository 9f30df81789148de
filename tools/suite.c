// SPDX-License-Identifier: MIT
#include "tools/suite.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/reports/report_part.h"
#include "tools/story_requirements.h"
#include "tools/suite_shards.h"
#include "tools/text_map.h"

#define EXTENSION 5 // ".json"

// ---- all -----------------------------------------------------------------------------------------------------------

static suite_item_t valid_item(const story_t *story)
{
    return (suite_item_t){.story = story, .path = story->path, .name = story->name};
}

static suite_item_t invalid_item(const story_list_invalid_t *invalid)
{
    return (suite_item_t){.path = invalid->path, .name = invalid->path, .mistakes = invalid->mistakes};
}

static void note_shared(suite_item_t *before, suite_item_t *item)
{
    assert(before->path && item->path);
    if (strcmp(before->path, item->path) == 0) before->shares = item->shares = true;
}

// In the order of the command line, invalid ones among the others.
static void add_all(suite_t *self, const story_list_t *list)
{
    size_t room = list->count + list->invalid_count, next = 0;
    self->items = calloc(room > 0 ? room : 1, sizeof *self->items);
    assert(self->items);
    for (size_t i = 0; i <= list->count; i++) {
        for (; next < list->invalid_count && list->invalid[next].before == i; next++)
            self->items[self->count++] = invalid_item(&list->invalid[next]);
        if (i < list->count) self->items[self->count++] = valid_item(list->stories[i]);
    }
    assert(self->count == room);
    for (size_t i = 1; i < self->count; i++) note_shared(&self->items[i - 1], &self->items[i]);
}

// ---- traces --------------------------------------------------------------------------------------------------------

// The file's name without directory and extension.
static int stem_of(const char *path, const char **stem)
{
    const char *slash = strrchr(path, '/');
    *stem = slash ? slash + 1 : path;
    size_t length = strlen(*stem);
    if (length > EXTENSION && strcmp(*stem + length - EXTENSION, ".json") == 0) length -= EXTENSION;
    return (int)length;
}

// door.log, and for further stories of files called door.json, from other directories or of the same file: door-2.log,
// door-3.log … Every story of the list has its own, so that none depends on what else fails, is filtered, or in which
// shard it is. The map has how many of that name there are.
static bool name_trace(suite_item_t *item, text_map_t *names, const char *directory, error_t *error)
{
    const char *stem;
    char name[NAME_MAX + 1];
    int length = stem_of(item->path, &stem), wrote = snprintf(name, sizeof name, "%.*s.log", length, stem);
    if (wrote < 0 || (size_t)wrote >= sizeof name) return error_add(error, "%s: the name is too long", item->path);
    int64_t number = ++*text_map_add(names, name);
    while (number > 1) {
        wrote = snprintf(name, sizeof name, "%.*s-%" PRId64 ".log", length, stem, number);
        if (wrote < 0 || (size_t)wrote >= sizeof name) return error_add(error, "%s: the name is too long", item->path);
        int64_t *taken = text_map_add(names, name);
        if ((*taken)++ == 0) break;
        snprintf(name, sizeof name, "%.*s.log", length, stem);
        number = ++*text_map_add(names, name);
    }
    size_t size = strlen(directory) + strlen(name) + 2;
    item->trace = malloc(size);
    assert(item->trace);
    snprintf(item->trace, size, "%s/%s", directory, name);
    return true;
}

static bool name_traces(suite_t *self, const char *directory, error_t *error)
{
    bool good = true;
    if (!directory) return true;
    text_map_t *names = text_map_new();
    for (size_t i = 0; i < self->count && good; i++)
        if (self->items[i].story) good = name_trace(&self->items[i], names, directory, error);
    text_map_destroy(&names);
    return good;
}

// ---- choosing ------------------------------------------------------------------------------------------------------

static bool is_named(const suite_item_t *item, const option_list_t *filters)
{
    for (size_t i = 0; filters && i < filters->count; i++)
        if (strstr(item->name, filters->items[i]) || strstr(item->path, filters->items[i])) return true;
    return !filters || filters->count == 0;
}

// Of a file with mistakes nobody knows what it covers.
static bool does_cover(const suite_item_t *item, const char *covers)
{
    if (!covers || !item->story) return true;
    for (size_t i = 0; i < item->story->cover_count; i++)
        if (story_list_has_item(covers, item->story->covers[i])) return true;
    return false;
}

// Those for which keep says so stay, in their order.
static void keep_items(suite_t *self, const bool *keep)
{
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (keep[i])
            self->items[count++] = self->items[i];
        else
            free(self->items[i].trace);
    }
    self->count = count;
}

static bool *allocate_flags(const suite_t *self)
{
    bool *flags = calloc(self->count + 1, sizeof *flags);
    assert(flags);
    return flags;
}

static bool filter(suite_t *self, const suite_choice_t *choice, error_t *error)
{
    size_t all = self->count;
    bool *keep = allocate_flags(self);
    for (size_t i = 0; i < all; i++)
        keep[i] = is_named(&self->items[i], choice->filters) && does_cover(&self->items[i], choice->covers);
    keep_items(self, keep);
    free(keep);
    if (self->count > 0) return true;
    if (all == 0) return error_add(error, "no scenario is among what was given");
    return error_add(error, "none of %zu %s is left by --filter and --covers", all, all == 1 ? "story" : "stories");
}

static void number(suite_t *self)
{
    uint64_t digest = TEXT_MAP_HASH_BEGIN;
    for (size_t i = 0; i < self->count; i++) {
        self->items[i].number = (int64_t)i + 1;
        digest = text_map_hash(text_map_hash(digest, self->items[i].path), "\n");
        digest = text_map_hash(text_map_hash(digest, self->items[i].name), "\n");
    }
    self->whole = (report_suite_t){.count = self->count, .digest = digest};
}

// ---- shards --------------------------------------------------------------------------------------------------------

static void read_durations(const suite_t *self, const report_part_t *part, int64_t *durations_ns)
{
    text_map_t *known = text_map_new();
    char key[2 * PATH_MAX];
    for (size_t i = 0; i < part->count; i++) {
        const record_t *record = part->records[i];
        snprintf(key, sizeof key, "%s\n%s", record->file, record->name);
        *text_map_add(known, key) = record->wall_ns;
    }
    for (size_t i = 0; i < self->count; i++) {
        snprintf(key, sizeof key, "%s\n%s", self->items[i].path, self->items[i].name);
        const int64_t *duration_ns = text_map_find(known, key);
        if (duration_ns) durations_ns[i] = *duration_ns;
    }
    text_map_destroy(&known);
}

static bool load_durations(const suite_t *self, const char *path, int64_t *durations_ns, error_t *error)
{
    for (size_t i = 0; i < self->count; i++) durations_ns[i] = -1;
    if (!path) return true;
    report_part_t *part = report_part_read(path, error);
    if (!part) return false;
    read_durations(self, part, durations_ns);
    report_part_destroy(&part);
    return true;
}

static bool take_shard(suite_t *self, const suite_choice_t *choice, error_t *error)
{
    report_suite_t *whole = &self->whole;
    if (!choice->shard) return true;
    if (!suite_shards_parse(choice->shard, &whole->shard, &whole->shards, error)) return false;
    int64_t *durations_ns = calloc(self->count, sizeof *durations_ns);
    int *shard_of = calloc(self->count, sizeof *shard_of);
    bool *keep = allocate_flags(self);
    assert(durations_ns && shard_of);
    bool good = load_durations(self, choice->durations, durations_ns, error);
    if (good) suite_shards_deal(durations_ns, self->count, whole->shards, shard_of);
    for (size_t i = 0; i < self->count; i++) keep[i] = shard_of[i] == whole->shard;
    if (good) keep_items(self, keep);
    free(keep);
    free(shard_of);
    free(durations_ns);
    return good;
}

// ---- the suite -----------------------------------------------------------------------------------------------------

bool suite_choose(suite_t *self, const story_list_t *list, const suite_choice_t *choice, error_t *error)
{
    *self = (suite_t){0};
    add_all(self, list);
    if (!name_traces(self, choice->failures_path, error) || !filter(self, choice, error)) return false;
    number(self);
    self->whole.requirements = story_requirements_format(list);
    return take_shard(self, choice, error);
}

void suite_destroy(suite_t *self)
{
    for (size_t i = 0; i < self->count; i++) free(self->items[i].trace);
    free(self->items);
    free(self->whole.requirements);
    *self = (suite_t){0};
}

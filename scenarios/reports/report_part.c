// SPDX-License-Identifier: MIT
#include "scenarios/reports/report_part.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_MAX 1024
#define HEAD_END "]}" // makes a head that stands alone a report without stories

void report_part_destroy(report_part_t **self_p)
{
    report_part_t *self = *self_p;
    if (!self) return;
    for (size_t i = 0; i < self->count; i++) record_destroy(&self->records[i]);
    free(self->records);
    free(self->reason);
    free(self->suite.requirements);
    free(self->path);
    free(self);
    *self_p = NULL;
}

static bool take_head(report_suite_t *suite, const json_t *object)
{
    json_int_t count = 0, shard = 0, shards = 0;
    const char *digest = NULL;
    if (json_unpack((json_t *)(uintptr_t)object, "{s:{sI, ss}, s?:{sI, sI}}", "suite", "stories", &count, "digest",
                    &digest, "shard", "number", &shard, "of", &shards) != 0)
        return false;
    if (count < 0 || shard < 0 || shard > shards || shards > INT32_MAX) return false;
    *suite = (report_suite_t){.count = (size_t)count, .shard = (int)shard, .shards = (int)shards};
    return sscanf(digest, "%" SCNx64, &suite->digest) == 1;
}

static bool take_records(report_part_t *self, const json_t *stories, error_t *error)
{
    size_t i;
    json_t *story;
    self->records = calloc(json_array_size(stories) + 1, sizeof(record_t *));
    assert(self->records);
    json_array_foreach(stories, i, story)
    {
        char *text = json_dumps(story, JSON_COMPACT | JSON_REAL_PRECISION(12) | JSON_ENCODE_ANY);
        record_t *record = text ? record_parse(text, strlen(text), error) : NULL;
        free(text);
        if (!record) return false;
        self->records[self->count++] = record;
        if (!record->file || !record->name) return error_add(error, "a story without file or name");
    }
    return json_is_array(stories);
}

// Of a run that was killed: at least which shard it was.
static bool tell_cut(const char *path, const json_error_t *reason, error_t *error)
{
    char head[HEAD_MAX] = "", whole[HEAD_MAX + sizeof HEAD_END];
    report_suite_t suite;
    FILE *file = fopen(path, "re");
    bool some = file && fgets(head, HEAD_MAX, file);
    if (file) fclose(file);
    if (!some) return error_add(error, "%s: is empty: its run was killed, or is not over", path);
    snprintf(whole, sizeof whole, "%s%s", head, HEAD_END);
    json_t *object = json_loads(whole, 0, NULL);
    bool known = object && take_head(&suite, object);
    json_decref(object);
    if (!known) return error_add(error, "%s:%d:%d: %s", path, reason->line, reason->column, reason->text);
    if (suite.shards == 0) return error_add(error, "%s: has no end: its run was killed, or is not over", path);
    return error_add(error, "%s: shard %d/%d has no end: its run was killed, or is not over", path, suite.shard,
                     suite.shards);
}

char *report_part_join_requirements(report_part_t *const *parts, size_t count)
{
    json_t *all = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *text = parts[i]->suite.requirements;
        json_t *some = text ? json_loads(text, 0, NULL) : NULL;
        if (!all)
            all = json_incref(some);
        else if (some)
            json_object_update_missing(all, some);
        json_decref(some);
    }
    char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
    json_decref(all);
    return text;
}

report_part_t *report_part_read(const char *path, error_t *error)
{
    json_error_t reason;
    FILE *file = fopen(path, "re");
    if (!file) {
        error_add(error, "%s: %s", path, strerror(errno));
        return NULL;
    }
    json_t *object = json_loadf(file, 0, &reason);
    fclose(file);
    if (!object) {
        tell_cut(path, &reason, error);
        return NULL;
    }
    report_part_t *self = calloc(1, sizeof *self);
    assert(self);
    self->path = strdup(path);
    assert(self->path);
    error_t why;
    error_clear(&why);
    if (!take_head(&self->suite, object) || !take_records(self, json_object_get(object, "stories"), &why)) {
        error_add(error, "%s: is no report of kmsim run --json%s%s", path, why.count > 0 ? ": " : "", why.text);
        report_part_destroy(&self);
    } else {
        const char *ended = json_string_value(json_object_get(object, "ended"));
        self->reason = ended ? strdup(ended) : NULL;
        const json_t *requirements = json_object_get(object, "requirements");
        self->suite.requirements = json_is_object(requirements) ? json_dumps(requirements, JSON_COMPACT) : NULL;
    }
    json_decref(object);
    return self;
}

// SPDX-License-Identifier: MIT
// All that is known, as JSON: a head, a line for each record, and how it ended. Of a run that was killed the head can
// still be read.
//
//   {"kmsim":"1.0","suite":{"stories":3,"digest":"…"},"shard":{"number":1,"of":3},"stories":[
//   {"number":1,"file":"a.json", …},
//   {"number":3, …}
//   ],"requirements":{"R1":"…"},"ended":"…","passed":1,"failed":1}
#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/version.h"
#include "scenarios/reports/report_kind.h"

typedef struct {
    FILE *out;
    const report_suite_t *suite;
    size_t counts[RECORD_STATUS_COUNT], count;
} json_report_t;

static void *begin(FILE *out, const report_suite_t *suite, error_t *error)
{
    (void)error;
    json_report_t *self = calloc(1, sizeof *self);
    assert(self);
    self->out = out;
    self->suite = suite;
    fprintf(out, "{\"kmsim\":\"%s\",\"suite\":{\"stories\":%zu,\"digest\":\"%016" PRIx64 "\"},", KMSIM_VERSION,
            suite->count, suite->digest);
    if (suite->shards > 0) fprintf(out, "\"shard\":{\"number\":%d,\"of\":%d},", suite->shard, suite->shards);
    fputs("\"stories\":[\n", out);
    return self;
}

static void add(void *report, const record_t *record)
{
    json_report_t *self = report;
    char *text = record_format(record, false);
    fprintf(self->out, "%s%s", self->count > 0 ? ",\n" : "", text);
    free(text);
    self->count++;
    self->counts[record->status]++;
}

static void put_reason(const json_report_t *self, const char *reason)
{
    json_t *text = json_string(reason);
    if (!text) text = json_string("early");
    fputs("\"ended\":", self->out);
    json_dumpf(text, self->out, JSON_ENCODE_ANY);
    fputc(',', self->out);
    json_decref(text);
}

static bool end(void *report, const char *reason)
{
    json_report_t *self = report;
    fprintf(self->out, "%s],", self->count > 0 ? "\n" : "");
    if (self->suite->requirements) fprintf(self->out, "\"requirements\":%s,", self->suite->requirements);
    if (reason) put_reason(self, reason);
    for (int i = 0; i < RECORD_STATUS_COUNT - 1; i++) // who was interrupted has no record
        fprintf(self->out, "%s\"%s\":%zu", i > 0 ? "," : "", record_status_word((record_status_t)i), self->counts[i]);
    fputs("}\n", self->out);
    free(self);
    return true;
}

const report_kind_t report_json = {"json", begin, add, end};

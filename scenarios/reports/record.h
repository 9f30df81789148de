// SPDX-License-Identifier: MIT
// What came of one story: the one source of every report, on a terminal, as TAP, in files, and of reports that are
// joined. A value; it goes from process to process, and from machine to machine, as one line of JSON.
//
//   a worker plays ──JSON──> the run puts it in order ──> report: terminal, TAP
//                                                   └───> report files: JUnit, JSON ──> kmsim merge ──> the same again
#ifndef KMSIM_SCENARIOS_REPORTS_RECORD_H
#define KMSIM_SCENARIOS_REPORTS_RECORD_H

#include <stdint.h>

#include "bus/base/error.h"
#include "bus/base/words.h"

typedef enum {
    RECORD_PASSED,
    RECORD_FAILED,
    RECORD_TIMED_OUT,   // took longer than a story may
    RECORD_INVALID,     // no story: the file has mistakes
    RECORD_BROKEN,      // the simulation itself broke
    RECORD_INTERRUPTED, // by a signal; what was told to end the run, and no verdict
} record_status_t;
#define RECORD_STATUS_COUNT (RECORD_INTERRUPTED + 1)

typedef struct {
    size_t count;
    char **items;
} record_list_t;

// Texts are the record's own; null: there is none. Every one is UTF-8 once it was JSON.
typedef struct {
    int64_t number; // of its place among all stories of the suite, from 1
    char *file, *directory, *name;
    record_list_t covers;
    record_status_t status;
    int64_t virtual_ns; // of the end, or of the failure
    int64_t wall_ns;
    char *seed;         // a number of 64 bits, which not everybody who reads JSON has
    record_list_t idle; // watches whose messages were not seen once, a line each
    // why it did not pass
    int64_t step; // from 0
    char *pointer, *place, *problem, *expected, *seen, *parts, *hint, *ignored, *trace, *replay;
    record_list_t asked;  // the last frames of the messages in question, a line each
    record_list_t frames; // the last of all before that, likewise
    // what a page draws of it: an object of JSON; only where a report has asked for it
    char *timeline;
    // only between the processes of a run
    char *told; // what it said while it was played
    int64_t signal;
} record_t;

/// Returns a new record, of a story that passed, that the caller destroys.
record_t *record_new(void);
void record_destroy(record_t **self_p);

/// Sets a text to a copy (null and "": none).
void record_set(char **text, const char *value);
void record_list_add(record_list_t *self, const char *value);

/// Returns the record as one line of JSON that the caller frees; private: with what is only for the processes of a run.
char *record_format(const record_t *self, bool with_private);

/// Returns a new record from such a text that the caller destroys; null, with the error told, when it is none.
record_t *record_parse(const char *text, size_t size, error_t *error);

/// "passed", "failed", "timed out", "invalid", "broken", "interrupted"
const char *record_status_word(record_status_t status);

/// Where and why it did not pass, on one line: "my.json: /steps/1/expect at 2.100000 s: not met within 2 s". Of several
/// mistakes the first.
void record_add_place(const record_t *self, words_t *words);

/// The rows that explain it: the next one's words for TAP and for a person, and its text; false behind the last. *row
/// is 0 at first.
typedef struct {
    const char *key, *label, *text;
} record_detail_t;
bool record_next_detail(const record_t *self, size_t *row, record_detail_t *detail);

#endif

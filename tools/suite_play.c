// SPDX-License-Identifier: MIT
#include "tools/suite_play.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/zmq/socket.h"
#include "tools/kmsim_command.h"
#include "tools/story_record.h"

#define LOOK_MS 50                  // how often we look up at least
#define PROGRESS_NS (100 * TIME_MS) // how often a person gets to see something new
#define AHEAD_NS (2 * TIME_MS)      // a worker has so much work that it never waits for us …
#define GRACE_NS (3 * TIME_S)       // until who was told to end, and does not, is killed
#define END_NS (20 * TIME_S)        // the same of a worker whose work is done: its units end first

typedef struct {
    const suite_play_options_t *options;
    const suite_t *suite;
    report_t *report;
    report_files_t *files;
    worker_t *workers;
    struct pollfd *items; // one for each
    size_t worker_count;
    record_t **done;   // by index; null: not done yet, or told already
    bool *given;       // to a worker, or needs none
    size_t next, told; // all before are given; are told
    size_t stop;       // what stands here and behind it is not told
    size_t played;     // so far, in no order
    size_t failed;     // likewise
    int64_t played_ns; // what they took
    int64_t begun_ns, shown_ns;
    int signal; // that ends the run, 0: none
    bool broken;
    char *reason; // why the run ends early; null: it does not
} suite_play_t;

static void set_reason(suite_play_t *self, const char *text)
{
    if (!self->reason) record_set(&self->reason, text);
}

// ---- records -------------------------------------------------------------------------------------------------------

static bool ends_run(const suite_play_t *self, const record_t *record)
{
    if (record->status == RECORD_BROKEN) return !self->options->keep_going;
    return self->options->fail_fast && (record->status == RECORD_FAILED || record->status == RECORD_TIMED_OUT);
}

// Takes the record.
static void settle(suite_play_t *self, size_t index, record_t *record)
{
    story_record_describe(record, &self->suite->items[index], self->options->work.options);
    assert(!self->done[index]);
    self->done[index] = record;
    self->given[index] = true;
    self->played++;
    self->failed += record->status != RECORD_PASSED;
    self->played_ns += record->wall_ns;
    if (ends_run(self, record) && index + 1 < self->stop) self->stop = index + 1;
}

static void settle_as(suite_play_t *self, size_t index, record_status_t status, const char *problem)
{
    record_t *record = record_new();
    record->status = status;
    record_set(&record->problem, problem);
    settle(self, index, record);
}

static void settle_invalid(suite_play_t *self)
{
    for (size_t i = 0; i < self->suite->count; i++)
        if (!self->suite->items[i].story) settle_as(self, i, RECORD_INVALID, self->suite->items[i].mistakes);
}

static void tell_record(suite_play_t *self, const record_t *record)
{
    kmsim_wait_for_reader(self->report);
    if (record->told) {
        report_pause(self->report);
        fputs(record->told, self->report->out);
    }
    report_record(self->report, record);
    report_files_add(self->files, record);
    if (record->status != RECORD_BROKEN) return;
    self->broken = true;
    fprintf(stderr, "kmsim: %s: %s\n", record->file, record->problem);
    if (!self->options->keep_going) set_reason(self, record->problem);
}

// Of a failure that nobody is told there is to be no trace.
static void forget(suite_play_t *self, size_t index, record_t **record)
{
    const char *trace = self->suite->items[index].trace;
    if (trace && *record && (*record)->trace) unlink(trace);
    record_destroy(record);
}

// What is done and whose turn it is.
static void tell_done(suite_play_t *self)
{
    for (; self->told < self->stop && self->done[self->told]; self->told++) {
        tell_record(self, self->done[self->told]);
        record_destroy(&self->done[self->told]);
    }
}

// ---- giving --------------------------------------------------------------------------------------------------------

// Long stories one by one, so that none waits behind another; of short ones so many that nobody waits for us.
static size_t ahead(const suite_play_t *self)
{
    if (self->options->timeout_ns > 0 || self->played == 0) return 1;
    int64_t mean_ns = self->played_ns / (int64_t)self->played + 1;
    int64_t count = 1 + AHEAD_NS / mean_ns;
    return count < WORKER_AHEAD_MAX ? (size_t)count : WORKER_AHEAD_MAX;
}

static bool has_more(suite_play_t *self)
{
    while (self->next < self->stop && self->given[self->next]) self->next++;
    return self->next < self->stop;
}

static bool keep_busy(suite_play_t *self, size_t number, error_t *error)
{
    worker_t *worker = &self->workers[number];
    if (worker->stopped_ns != 0 || !has_more(self)) return true;
    if (worker->socket < 0 &&
        !worker_start(worker, &self->options->work, (int)number, self->workers, self->worker_count, error))
        return false;
    int64_t now_ns = socket_clock_ns();
    for (size_t most = ahead(self); worker->given_count < most && has_more(self); self->given[self->next] = true)
        worker_give(worker, self->next, now_ns);
    return true;
}

// ---- taking --------------------------------------------------------------------------------------------------------

// Whoever was told to end because it took too long says that he was interrupted.
static void take_record(suite_play_t *self, const worker_t *worker, size_t index, record_t *record)
{
    if (record->status != RECORD_INTERRUPTED) {
        settle(self, index, record);
        return;
    }
    if (worker->stopped_ns != 0 && self->signal == 0) {
        char problem[64];
        words_t words = words_make(problem, sizeof problem);
        words_add(&words, "not over within ");
        words_add_time(&words, self->options->timeout_ns);
        record->status = RECORD_TIMED_OUT;
        record_set(&record->problem, problem);
        settle(self, index, record);
        return;
    }
    if (self->signal == 0) self->signal = (int)record->signal;
    forget(self, index, &record);
}

static void give_back(suite_play_t *self, size_t index)
{
    self->given[index] = false;
    if (index < self->next) self->next = index;
}

// It has ended before its work was done: its first story is what it was at, the others are for somebody else.
static void take_end(suite_play_t *self, worker_t *worker)
{
    char text[PROCESS_TEXT_MAX], problem[PROCESS_TEXT_MAX + 64];
    bool told = worker->stopped_ns != 0;
    int status = worker_end(worker, GRACE_NS);
    words_t words = words_make(problem, sizeof problem);
    worker->stopped_ns = 0;
    if (!told && self->signal == 0) self->signal = worker_interrupted(status);
    for (size_t i = 1; i < worker->given_count; i++) give_back(self, worker->given[i]);
    if (self->signal != 0 || (told && worker->given_count == 0)) {
        // as it was to be
    } else if (worker->given_count > 0) {
        if (told)
            words_add(&words, "not over within "), words_add_time(&words, self->options->timeout_ns);
        else
            words_add(&words, "the process that played it %s", process_describe(status, text));
        settle_as(self, worker->given[0], told ? RECORD_TIMED_OUT : RECORD_BROKEN, problem);
    } else if (status != 0) {
        self->broken = true;
        words_add(&words, "a process that plays stories %s", process_describe(status, text));
        fprintf(stderr, "kmsim: %s\n", problem);
        set_reason(self, problem);
    }
    worker->given_count = 0;
}

static void take_from(suite_play_t *self, worker_t *worker)
{
    size_t index;
    error_t error;
    error_clear(&error);
    bool there = worker_receive(worker);
    for (record_t *record; (record = worker_take(worker, &index, socket_clock_ns(), &error));)
        take_record(self, worker, index, record);
    if (error.count > 0) settle_as(self, index, RECORD_BROKEN, error.text);
    if (!there) take_end(self, worker);
}

static void wait_for_workers(suite_play_t *self)
{
    struct pollfd *items = self->items;
    for (size_t i = 0; i < self->worker_count; i++)
        items[i] = (struct pollfd){.fd = self->workers[i].socket, .events = POLLIN};
    if (poll(items, self->worker_count, LOOK_MS) > 0)
        for (size_t i = 0; i < self->worker_count; i++)
            if (items[i].revents) take_from(self, &self->workers[i]);
}

// ---- time ----------------------------------------------------------------------------------------------------------

static void look_at_clock(suite_play_t *self)
{
    int64_t now_ns = socket_clock_ns(), timeout_ns = self->options->timeout_ns;
    for (size_t i = 0; i < self->worker_count; i++) {
        worker_t *worker = &self->workers[i];
        bool late = timeout_ns > 0 && worker->given_count > 0 && now_ns - worker->since_ns > timeout_ns;
        if (late) worker_stop(worker, now_ns);
        if (worker->stopped_ns != 0 && now_ns - worker->stopped_ns > GRACE_NS && worker->process.pid > 0)
            kill(worker->process.pid, SIGKILL); // its end is noticed where we read
    }
    if (self->options->work.live || now_ns - self->shown_ns < PROGRESS_NS || self->told == self->stop) return;
    self->shown_ns = now_ns;
    report_progress(self->report, &(report_progress_t){self->played, self->failed, now_ns - self->begun_ns,
                                                       self->suite->items[self->told].name});
}

// ---- the run -------------------------------------------------------------------------------------------------------

static void play(suite_play_t *self)
{
    error_t error;
    error_clear(&error);
    for (tell_done(self); self->told < self->stop && self->signal == 0; tell_done(self)) {
        for (size_t i = 0; i < self->worker_count && error.count == 0; i++) keep_busy(self, i, &error);
        if (error.count > 0) {
            settle_as(self, self->next, RECORD_BROKEN, error.text);
            error_clear(&error);
            continue;
        }
        look_at_clock(self);
        wait_for_workers(self);
        if (process_interrupted()) self->signal = process_interrupted();
    }
}

static bool is_anybody_there(const suite_play_t *self)
{
    for (size_t i = 0; i < self->worker_count; i++)
        if (self->workers[i].socket >= 0) return true;
    return false;
}

// Who is still playing what nobody wants any more is told to end, and takes his units with him.
static void stop_workers(suite_play_t *self)
{
    int64_t now_ns = socket_clock_ns();
    for (size_t i = 0; i < self->worker_count; i++)
        if (self->workers[i].socket >= 0) worker_stop(&self->workers[i], now_ns);
    while (is_anybody_there(self)) {
        look_at_clock(self);
        wait_for_workers(self);
    }
}

static void end_workers(suite_play_t *self)
{
    bool early = self->signal != 0;
    for (size_t i = 0; i < self->worker_count; i++) early = early || self->workers[i].given_count > 0;
    if (early) stop_workers(self);
    for (size_t i = 0; i < self->worker_count; i++) {
        worker_t *worker = &self->workers[i];
        if (worker->socket < 0) continue;
        int status = worker_end(worker, END_NS);
        char text[PROCESS_TEXT_MAX];
        if (self->signal == 0 && worker->stopped_ns == 0) self->signal = worker_interrupted(status);
        if (status == 0 || worker_interrupted(status)) continue;
        self->broken = true;
        set_reason(self, "a process that played stories did not end well");
        fprintf(stderr, "kmsim: a process that played stories %s\n", process_describe(status, text));
    }
}

// After a signal: what was done, also behind what was not.
static void tell_rest(suite_play_t *self)
{
    for (size_t i = self->told; i < self->stop; i++) {
        if (self->done[i]) tell_record(self, self->done[i]);
        record_destroy(&self->done[i]);
    }
    for (size_t i = self->stop; i < self->suite->count; i++) forget(self, i, &self->done[i]);
}

static void finish(suite_play_t *self)
{
    char text[64];
    size_t told = self->told;
    end_workers(self);
    if (self->signal != 0) {
        snprintf(text, sizeof text, "interrupted by signal %d", self->signal);
        if (self->signal != SIGPIPE) fprintf(stderr, "kmsim: %s\n", text);
        set_reason(self, text);
    } else if (told < self->suite->count) {
        set_reason(self, "the first story that fails ends the run");
    }
    tell_rest(self);
}

static int status_of(const suite_play_t *self)
{
    const size_t *counts = self->report->counts.counts;
    if (self->signal != 0) return EXIT_SIGNAL + self->signal;
    if (self->broken) return EXIT_BROKEN;
    if (counts[RECORD_INVALID] > 0) return EXIT_WRONG;
    return counts[RECORD_FAILED] + counts[RECORD_TIMED_OUT] > 0 ? EXIT_FAILED : EXIT_PASSED;
}

int suite_play(const suite_play_options_t *options, report_t *report, report_files_t *files, char **reason)
{
    const suite_t *suite = options->work.suite;
    suite_play_t self = {.options = options, .suite = suite, .report = report, .files = files, .stop = suite->count};
    self.worker_count = (size_t)options->workers < suite->count ? (size_t)options->workers : suite->count;
    self.begun_ns = socket_clock_ns();
    self.workers = calloc(self.worker_count + 1, sizeof *self.workers);
    self.items = calloc(self.worker_count + 1, sizeof *self.items);
    self.done = calloc(suite->count + 1, sizeof(record_t *));
    self.given = calloc(suite->count + 1, sizeof *self.given);
    assert(self.workers && self.items && self.done && self.given);
    for (size_t i = 0; i < self.worker_count; i++)
        self.workers[i] = (worker_t){.process = process_none(), .socket = -1};
    self.signal = process_interrupted();
    settle_invalid(&self);
    play(&self);
    finish(&self);
    kmsim_wait_for_reader(report);
    report_end(report, self.reason);
    for (size_t i = 0; i < self.worker_count; i++) free(self.workers[i].bytes);
    free(self.workers);
    free(self.items);
    free(self.done);
    free(self.given);
    *reason = self.reason;
    return status_of(&self);
}

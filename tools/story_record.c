// SPDX-License-Identifier: MIT
#include "tools/story_record.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/zmq/process.h"
#include "bus/zmq/socket.h"

#define DIFFERENCE_MAX 2048
#define IDLE_LINE_MAX 2048

// ---- which story ---------------------------------------------------------------------------------------------------

// Whether a shell would take the text as one word as it stands.
static bool is_plain(const char *text)
{
    return *text &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,:@%=-") == strlen(text);
}

// The text as one word of a shell, which cannot have a quote within quotes: 'it'\''s.json'.
static void put_word(FILE *out, const char *text)
{
    if (is_plain(text)) {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    }
    fputc('\'', out);
}

// A unit that its owner starts is a process of its own, also when the story is played again.
static void set_replay(record_t *self, const suite_item_t *item, const kmsim_run_options_t *options)
{
    size_t size;
    free(self->replay);
    FILE *out = open_memstream(&self->replay, &size);
    assert(out);
    fprintf(out, "kmsim run %s--seed %s ", vehicle_has_external(item->story->vehicle) ? "" : "--in-process ",
            self->seed);
    if (item->shares) {
        fputs("--filter ", out);
        put_word(out, item->name);
        fputc(' ', out);
    }
    put_word(out, item->path);
    if (options->stored) fputs(" # plus --state with what was stored before this run", out); // a shell takes that
    fclose(out);
}

static void set_directory(record_t *self, const char *path)
{
    char directory[VEHICLE_PATH_MAX + 1];
    const char *slash = strrchr(path, '/');
    int length = !slash ? 1 : slash == path ? 1 : (int)(slash - path);
    snprintf(directory, sizeof directory, "%.*s", length, slash ? path : ".");
    record_set(&self->directory, directory);
}

void story_record_describe(record_t *self, const suite_item_t *item, const kmsim_run_options_t *options)
{
    const story_t *story = item->story;
    self->number = item->number;
    record_set(&self->file, item->path);
    record_set(&self->name, item->name);
    set_directory(self, item->path);
    if (!story) return;
    for (size_t i = 0; i < story->cover_count; i++) record_list_add(&self->covers, story->covers[i]);
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, kmsim_run_plan(options, story).seed);
    record_set(&self->seed, seed);
    if (self->status == RECORD_FAILED) set_replay(self, item, options);
}

// ---- what came of it -----------------------------------------------------------------------------------------------

// A line of the verdict is an item of the record.
static void add_lines(record_list_t *list, const char *text)
{
    char line[PLAYER_WORDS_MAX + 1];
    for (size_t length; *text; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        record_list_add(list, line);
    }
}

static void take_verdict(record_t *self, const player_verdict_t *verdict)
{
    self->virtual_ns = verdict->time_ns;
    if (verdict->state == PLAYER_PASSED) return;
    self->status = RECORD_FAILED;
    self->step = (int64_t)verdict->step;
    record_set(&self->pointer, verdict->pointer);
    record_set(&self->place, verdict->place);
    record_set(&self->problem, verdict->problem);
    record_set(&self->expected, verdict->expected);
    record_set(&self->seen, verdict->seen);
    record_set(&self->parts, verdict->parts);
    record_set(&self->hint, verdict->hint);
    add_lines(&self->asked, verdict->frames);
    record_set(&self->ignored, verdict->ignored);
}

static void take_idle_watches(record_t *self, const char *lines)
{
    for (; *lines; lines += strspn(lines, "\n")) {
        char line[IDLE_LINE_MAX];
        snprintf(line, sizeof line, "%.*s", (int)strcspn(lines, "\n"), lines);
        record_list_add(&self->idle, line);
        lines += strcspn(lines, "\n");
    }
}

static void take_difference(record_t *self, const story_watch_t *watch, size_t round)
{
    char now[DIFFERENCE_MAX], first[DIFFERENCE_MAX], problem[DIFFERENCE_MAX], time[TIME_TEXT_MAX];
    words_t now_words = words_make(now, sizeof now), first_words = words_make(first, sizeof first);
    self->status = RECORD_FAILED;
    self->virtual_ns = story_watch_tell_difference(watch, &now_words, &first_words);
    snprintf(problem, sizeof problem, "two runs of it differ, the first and that of number %zu, at %s s", round,
             time_format(self->virtual_ns, time));
    record_set(&self->problem, problem);
    record_set(&self->expected, first);
    record_set(&self->seen, now);
}

static void take_break(record_t *self, const char *reason)
{
    self->signal = process_interrupted();
    self->status = self->signal ? RECORD_INTERRUPTED : RECORD_BROKEN;
    record_set(&self->problem, reason);
}

void story_record_play(record_t *self, kmsim_run_t *run, const kmsim_run_options_t *options, const suite_item_t *item,
                       size_t rounds, const report_t *report, player_verdict_t *verdict)
{
    story_watch_t *watch = options->watch;
    int64_t begun_ns = socket_clock_ns();
    story_watch_next_story(watch);
    kmsim_run_keep_failure(run, item->trace);
    for (size_t round = 1; round <= rounds && self->status == RECORD_PASSED; round++) {
        error_t error;
        error_clear(&error);
        if (!kmsim_run_story(run, item->story, report, verdict, &error))
            take_break(self, error.text);
        else
            take_verdict(self, verdict);
        if (self->status == RECORD_PASSED && story_watch_differs(watch)) take_difference(self, watch, round);
    }
    self->wall_ns = socket_clock_ns() - begun_ns;
    take_idle_watches(self, kmsim_run_idle(run));
    if (self->status != RECORD_PASSED) story_watch_add_frames(watch, &self->frames);
    if (self->status != RECORD_PASSED) record_set(&self->trace, kmsim_run_trace(run));
    self->timeline = story_watch_timeline(watch);
}

// SPDX-License-Identifier: MIT
#include "scenarios/play/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define RED "31"
#define GREEN "32"
#define CLEAR_LINE "\r\033[K"
#define WRAP_OFF "\033[?7l" // what is longer than the terminal's line would not be cleared with it
#define WRAP_ON "\033[?7h"
#define QUOTE_WIDTH 4 // of a quote within quotes
#define REPLAY_PATH_MAX (QUOTE_WIDTH * VEHICLE_PATH_MAX + 2)

// ---- parts ---------------------------------------------------------------------------------------------------------

static void put_coloured(const report_t *self, const char *colour, const char *text)
{
    if (self->colour)
        fprintf(self->out, "\033[%sm%s\033[0m", colour, text);
    else
        fputs(text, self->out);
}

// In a TAP description '#' begins a directive and '\' escapes.
static void put_description(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\') fputc('\\', out);
        fputc(*text, out);
    }
}

// A YAML scalar in double quotes; a path may have any byte but 0.
static void put_yaml(FILE *out, const char *name, const char *text)
{
    fprintf(out, "  %s: \"", name);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') fputc('\\', out);
        if (byte < ' ' || byte == 0x7F)
            fprintf(out, "\\x%02X", byte);
        else
            fputc(byte, out);
    }
    fputs("\"\n", out);
}

// Whether a shell would take the path as one word as it stands.
static bool is_plain(const char *path)
{
    return *path &&
           strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,:@%=-") == strlen(path);
}

// The path as one word of a shell, which cannot have a quote within quotes: 'it'\''s.json'.
static void quote_path(const char *path, char quoted[REPLAY_PATH_MAX + 1])
{
    if (is_plain(path)) {
        snprintf(quoted, REPLAY_PATH_MAX + 1, "%s", path);
        return;
    }
    char *end = stpcpy(quoted, "'");
    for (; *path && end - quoted < REPLAY_PATH_MAX - QUOTE_WIDTH; path++) {
        if (*path == '\'')
            end = stpcpy(end, "'\\''");
        else
            *end++ = *path;
    }
    stpcpy(end, "'");
}

// A unit that its owner starts is a process of its own, also when the story is played again.
static bool has_external_unit(const vehicle_t *vehicle)
{
    for (size_t i = 0; i < vehicle->node_count; i++)
        if (vehicle->nodes[i].external) return true;
    return false;
}

static void format_replay(const report_t *self, char *text, size_t size, const story_t *story, uint64_t seed)
{
    char quoted[REPLAY_PATH_MAX + 1];
    quote_path(story->path, quoted);
    snprintf(text, size, "kmsim run %s--seed %" PRIu64 " %s%s",
             has_external_unit(story->vehicle) ? "" : "--in-process ", seed, quoted,
             self->stored ? " # plus --state with what was stored before this run" : ""); // a shell takes that
}

typedef struct {       // how to see more of a failure
    const char *trace; // null: it was not kept
    char replay[REPLAY_PATH_MAX + 128];
} trail_t;

// ---- TAP -----------------------------------------------------------------------------------------------------------

static void put_diagnostics(const report_t *self, const story_t *story, const player_verdict_t *verdict,
                            const trail_t *trail)
{
    char time[TIME_TEXT_MAX];
    fputs("  ---\n", self->out);
    put_yaml(self->out, "message", verdict->problem);
    fputs("  severity: fail\n", self->out);
    put_yaml(self->out, "file", story->path);
    fprintf(self->out, "  step: %zu\n", verdict->step);
    put_yaml(self->out, "pointer", verdict->pointer);
    fprintf(self->out, "  time: \"%s s\"\n", time_format(verdict->time_ns, time));
    put_yaml(self->out, "expected", verdict->expected);
    if (*verdict->seen) put_yaml(self->out, "last_seen", verdict->seen);
    if (trail->trace) put_yaml(self->out, "trace", trail->trace);
    if (*verdict->ignored) put_yaml(self->out, "ignored", verdict->ignored);
    put_yaml(self->out, "replay", trail->replay);
    fputs("  ...\n", self->out);
}

static void put_tap(const report_t *self, const story_t *story, const player_verdict_t *verdict, const trail_t *trail)
{
    bool passed = verdict->state == PLAYER_PASSED;
    fprintf(self->out, "%s %zu - ", passed ? "ok" : "not ok", self->passed + self->failed);
    put_description(self->out, story->name);
    fputc('\n', self->out);
    if (!passed) put_diagnostics(self, story, verdict, trail);
}

// ---- terminal ------------------------------------------------------------------------------------------------------

static void put_person(const report_t *self, const story_t *story, const player_verdict_t *verdict,
                       const trail_t *trail)
{
    char time[TIME_TEXT_MAX];
    bool passed = verdict->state == PLAYER_PASSED;
    fputs(self->progress ? CLEAR_LINE : "", self->out);
    put_coloured(self, passed ? GREEN : RED, passed ? "passed" : "FAILED");
    fprintf(self->out, "  %s  (%s s of car)\n", story->name, time_format(verdict->time_ns, time));
    if (passed) return;
    fprintf(self->out, "        %s: %s at %s s: %s\n", story->path, verdict->pointer, time, verdict->problem);
    fprintf(self->out, "        expected   %s\n", verdict->expected);
    if (*verdict->seen) fprintf(self->out, "        last seen  %s\n", verdict->seen);
    if (trail->trace) fprintf(self->out, "        trace      %s\n", trail->trace);
    if (*verdict->ignored) fprintf(self->out, "        ignored    %s\n", verdict->ignored);
    fprintf(self->out, "        replay     %s\n", trail->replay);
}

// ---- the report ----------------------------------------------------------------------------------------------------

void report_begin(report_t *self, FILE *out, bool terminal, size_t total)
{
    const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
    *self = (report_t){.out = out, .terminal = terminal, .total = total};
    self->progress = terminal && kind && *kind && strcmp(kind, "dumb") != 0;
    self->colour = self->progress && !(no_colour && *no_colour);
    if (!terminal) fprintf(out, "TAP version 13\n1..%zu\n", total);
}

void report_progress(const report_t *self, const story_t *story)
{
    if (!self->progress) return;
    fprintf(self->out, CLEAR_LINE WRAP_OFF "%zu of %zu: %s" WRAP_ON, self->passed + self->failed + 1, self->total,
            story->name);
    fflush(self->out);
}

void report_story(report_t *self, const story_t *story, uint64_t seed, const char *trace,
                  const player_verdict_t *verdict)
{
    trail_t trail = {.trace = trace};
    format_replay(self, trail.replay, sizeof trail.replay, story, seed);
    if (verdict->state == PLAYER_PASSED)
        self->passed++;
    else
        self->failed++;
    if (self->terminal)
        put_person(self, story, verdict, &trail);
    else
        put_tap(self, story, verdict, &trail);
    fflush(self->out);
}

void report_line(const report_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs(self->terminal ? "" : "# ", self->out);
    vfprintf(self->out, format, arguments);
    fputc('\n', self->out);
    va_end(arguments);
}

void report_broken(const report_t *self, const story_t *story, const char *reason)
{
    if (self->terminal) {
        fputs(self->progress ? CLEAR_LINE : "", self->out);
        put_coloured(self, RED, "BROKEN");
        fprintf(self->out, "  %s\n", story->name);
    } else {
        fprintf(self->out, "Bail out! %.*s\n", (int)strcspn(reason, "\n"), reason);
    }
    fflush(self->out);
}

void report_end(const report_t *self)
{
    if (!self->terminal) return;
    size_t told = self->passed + self->failed;
    fprintf(self->out, "%zu %s: ", told, told == 1 ? "story" : "stories");
    put_coloured(self, self->failed ? RED : GREEN, self->failed ? "FAILED" : "passed");
    if (self->failed) fprintf(self->out, ", %zu passed, %zu failed", self->passed, self->failed);
    fputc('\n', self->out);
    fflush(self->out);
}

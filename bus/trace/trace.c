// SPDX-License-Identifier: MIT
#include "bus/trace/trace.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/base/words.h"
#include "bus/trace/trace_format.h"

#define SUFFIX ".XXXXXX" // of the name while it is written
#define LIST_MAX 128     // of what formats there are

struct trace {
    const trace_format_t *format;
    trace_sink_t sink;
    bool borrowed;
    char *path;      // null for a stream
    char *temporary; // null when it is written directly
};

// ---- formats -------------------------------------------------------------------------------------------------------

#define FORMAT_ROW(name) &trace_##name,
static const trace_format_t *const FORMATS[] = {TRACE_FORMATS(FORMAT_ROW)};
#define FORMAT_COUNT (sizeof FORMATS / sizeof FORMATS[0])

const trace_format_t *trace_format_of(const char *path, error_t *error)
{
    size_t length = strlen(path);
    char list[LIST_MAX];
    words_t words = words_make(list, sizeof list);
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        const char *extension = FORMATS[i]->extension, *name = FORMATS[i]->name;
        size_t end = strlen(extension);
        if (length > end && strcmp(path + length - end, extension) == 0) return FORMATS[i];
        words_add_choice(&words, extension, i, FORMAT_COUNT);
        if (strcmp(extension + 1, name) != 0) words_add(&words, " (%s)", name);
    }
    error_add(error, "%s: a trace must be named %s", path, list);
    return NULL;
}

// ---- files ---------------------------------------------------------------------------------------------------------

static void destroy(trace_t **self_p)
{
    free((*self_p)->path);
    free((*self_p)->temporary);
    free(*self_p);
    *self_p = NULL;
}

// A new file beside the path, with the rights that a file made by fopen would have.
static FILE *open_temporary(trace_t *self)
{
    size_t size = strlen(self->path) + sizeof SUFFIX;
    self->temporary = malloc(size);
    assert(self->temporary);
    snprintf(self->temporary, size, "%s" SUFFIX, self->path);
    int handle = mkstemp(self->temporary);
    if (handle < 0) {
        free(self->temporary);
        self->temporary = NULL;
        return NULL;
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(handle, 0666 & ~mask);
    FILE *file = fdopen(handle, "wb");
    if (file) return file;
    int reason = errno;
    close(handle);
    unlink(self->temporary);
    errno = reason;
    return NULL;
}

static FILE *open_path(trace_t *self)
{
    struct stat status;
    bool direct = lstat(self->path, &status) == 0 && !S_ISREG(status.st_mode);
    return direct ? fopen(self->path, "wb") : open_temporary(self);
}

trace_t *trace_new_stream(FILE *file, const trace_format_t *format, const vehicle_t *vehicle)
{
    trace_t *self = calloc(1, sizeof *self);
    assert(self);
    *self = (trace_t){.format = format, .sink = {.vehicle = vehicle, .file = file}, .borrowed = true};
    if (format->begin) format->begin(&self->sink);
    return self;
}

trace_t *trace_new(const char *path, const vehicle_t *vehicle, error_t *error)
{
    const trace_format_t *format = trace_format_of(path, error);
    if (!format) return NULL;
    trace_t *self = calloc(1, sizeof *self);
    assert(self);
    *self = (trace_t){.format = format, .sink = {.vehicle = vehicle}, .path = strdup(path)};
    assert(self->path);
    self->sink.file = open_path(self);
    if (!self->sink.file) {
        error_add(error, "%s: %s", path, strerror(errno));
        destroy(&self);
        return NULL;
    }
    if (format->begin) format->begin(&self->sink);
    return self;
}

void trace_write(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    assert(bus < self->sink.vehicle->bus_count);
    self->format->write(&self->sink, now_ns, bus, frame);
}

// Whatever was still buffered may fail only now: a full disk does.
static void close_file(trace_t *self)
{
    errno = 0;
    int result = self->borrowed ? fflush(self->sink.file) : fclose(self->sink.file);
    if (result != 0 && !self->sink.failure) self->sink.failure = errno ? errno : EIO;
}

bool trace_close(trace_t **self_p, error_t *error)
{
    trace_t *self = *self_p;
    if (!self) return true;
    if (self->format->end) self->format->end(&self->sink);
    close_file(self);
    if (self->temporary) {
        if (!self->sink.failure && rename(self->temporary, self->path) != 0) self->sink.failure = errno;
        if (self->sink.failure) unlink(self->temporary);
    }
    bool good = self->sink.failure == 0;
    if (!good) error_add(error, "%s: %s", self->path ? self->path : "trace", strerror(self->sink.failure));
    destroy(self_p);
    return good;
}

void trace_discard(trace_t **self_p)
{
    trace_t *self = *self_p;
    if (!self) return;
    close_file(self);
    if (self->temporary) unlink(self->temporary);
    destroy(self_p);
}

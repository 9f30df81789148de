// SPDX-License-Identifier: MIT
#include "bus/trace/trace.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/base/words.h"
#include "bus/trace/trace_format.h"

#define LIST_MAX 128 // of what formats there are

struct trace {
    const trace_format_t *format;
    trace_sink_t sink;
    char *path; // null for a stream
    bool begun; // what stood there before is gone
    bool made;  // there was no such file before
    bool late;  // written elsewhere until it is closed
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
        if (length > end && strcasecmp(path + length - end, extension) == 0) return FORMATS[i];
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
    free(*self_p);
    *self_p = NULL;
}

// Nothing of what stands there is lost yet: the run may never begin. A pipe, or a file that may only be written, will
// do.
static FILE *open_path(trace_t *self)
{
    int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY;
    int handle = open(self->path, flags | O_CREAT | O_EXCL, 0666);
    self->made = handle >= 0;
    if (handle < 0 && errno == EEXIST) handle = open(self->path, flags | O_CREAT, 0666); // also where a link leads
    if (handle < 0) return NULL;
    FILE *file = fdopen(handle, "wb");
    if (!file) close(handle);
    return file;
}

static void fail(trace_t **self_p, error_t *error)
{
    error_add(error, "%s: %s", (*self_p)->path, strerror(errno));
    destroy(self_p);
}

static trace_t *make(const char *path, const vehicle_t *vehicle, error_t *error)
{
    const trace_format_t *format = trace_format_of(path, error);
    if (!format) return NULL;
    trace_t *self = calloc(1, sizeof *self);
    assert(self);
    *self = (trace_t){.format = format, .sink = {.vehicle = vehicle}, .path = strdup(path)};
    assert(self->path);
    return self;
}

trace_t *trace_new(const char *path, const vehicle_t *vehicle, error_t *error)
{
    trace_t *self = make(path, vehicle, error);
    if (!self) return NULL;
    self->sink.file = open_path(self);
    if (!self->sink.file) fail(&self, error);
    return self;
}

// Whether a file of that name could be made, or be written again.
static bool is_writable(const char *path)
{
    if (access(path, W_OK) == 0) return true;
    if (errno != ENOENT) return false;
    const char *slash = strrchr(path, '/');
    char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    assert(directory);
    bool good = access(directory, W_OK | X_OK) == 0;
    int reason = errno;
    free(directory);
    errno = reason;
    return good;
}

trace_t *trace_new_late(const char *path, const vehicle_t *vehicle, error_t *error)
{
    trace_t *self = make(path, vehicle, error);
    if (!self) return NULL;
    self->late = true;
    self->sink.file = is_writable(path) ? tmpfile() : NULL; // it has no name: whatever becomes of us, nothing is left
    if (!self->sink.file) fail(&self, error);
    return self;
}

trace_t *trace_new_stream(FILE *file, const trace_format_t *format, const vehicle_t *vehicle)
{
    trace_t *self = calloc(1, sizeof *self);
    assert(self);
    *self = (trace_t){.format = format, .sink = {.vehicle = vehicle, .file = file}};
    return self;
}

// ---- writing -------------------------------------------------------------------------------------------------------

static void note_failure(trace_t *self)
{
    if (!self->sink.failure) self->sink.failure = errno ? errno : EIO;
}

static void flush(trace_t *self)
{
    errno = 0;
    if (fflush(self->sink.file) != 0) note_failure(self);
}

static bool is_regular(int handle)
{
    struct stat status;
    return fstat(handle, &status) == 0 && S_ISREG(status.st_mode);
}

static void begin(trace_t *self)
{
    if (self->begun) return;
    self->begun = true;
    errno = 0;
    if (self->path && !self->late && is_regular(fileno(self->sink.file)) && ftruncate(fileno(self->sink.file), 0) != 0)
        note_failure(self);
    if (self->format->begin) self->format->begin(&self->sink);
}

void trace_begin(trace_t *self)
{
    begin(self);
    flush(self);
}

void trace_write(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    assert(bus < self->sink.vehicle->bus_count);
    begin(self);
    self->format->write(&self->sink, now_ns, bus, frame);
}

void trace_write_error(trace_t *self, int64_t now_ns, uint8_t bus)
{
    assert(bus < self->sink.vehicle->bus_count);
    begin(self);
    self->format->write_error(&self->sink, now_ns, bus);
}

void trace_flush(trace_t *self)
{
    if (self->begun) flush(self);
}

// ---- end -----------------------------------------------------------------------------------------------------------

static void copy(FILE *from, FILE *to, int *failure)
{
    char bytes[BUFSIZ];
    errno = 0;
    rewind(from);
    for (size_t size; (size = fread(bytes, 1, sizeof bytes, from)) > 0;)
        if (fwrite(bytes, 1, size, to) != size) break;
    if (ferror(from) || ferror(to)) *failure = errno ? errno : EIO;
}

// What is complete gets its name.
static void put_in_place(trace_t *self)
{
    FILE *file = fopen(self->path, "wb");
    errno = file ? 0 : errno;
    if (file) copy(self->sink.file, file, &self->sink.failure);
    if (!file || fclose(file) != 0) note_failure(self);
}

// Whatever was still buffered may fail only now: a full disk does.
static void close_file(trace_t *self)
{
    flush(self);
    errno = 0;
    if (self->path && fclose(self->sink.file) != 0) note_failure(self);
}

bool trace_close(trace_t **self_p, error_t *error)
{
    trace_t *self = *self_p;
    if (!self) return true;
    begin(self);
    if (self->format->end) self->format->end(&self->sink);
    flush(self);
    if (self->late && !self->sink.failure) put_in_place(self);
    close_file(self);
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
    if (self->made && !self->begun) unlink(self->path);
    destroy(self_p);
}

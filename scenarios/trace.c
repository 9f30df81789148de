// SPDX-License-Identifier: MIT
#include "scenarios/trace.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bus/time.h"

#define SUFFIX ".XXXXXX" // of the name while it is written
#define RECORD_MAX 160

// Time 0 of a story is the epoch in every format, so that equal runs give equal files.
#define ASC_DATE "Thu Jan 1 00:00:00.000 1970"

#define PCAPNG_BLOCK_SECTION 0x0A0D0D0Au
#define PCAPNG_BLOCK_INTERFACE 1u
#define PCAPNG_BLOCK_PACKET 6u
#define PCAPNG_BYTE_ORDER 0x1A2B3C4Du
#define PCAPNG_OPTION_NAME 2
#define PCAPNG_OPTION_RESOLUTION 9
#define PCAPNG_NANOSECONDS 9 // 10^-9 s
#define PCAPNG_LINKTYPE_SOCKETCAN 227
#define SOCKETCAN_EXTENDED 0x80000000u
#define SOCKETCAN_REMOTE 0x40000000u

struct trace {
    trace_format_t format;
    const vehicle_t *vehicle;
    FILE *file;
    bool borrowed;
    int failure;     // errno of the first failure, 0: none
    char *path;      // null for a stream
    char *temporary; // null when it is written directly
};

static void put(trace_t *self, const void *bytes, size_t size)
{
    if (self->failure) return;
    errno = 0;
    if (fwrite(bytes, 1, size, self->file) != size) self->failure = errno ? errno : EIO;
}

static void put_text(trace_t *self, const char *text)
{
    put(self, text, strlen(text));
}

// ---- candump -------------------------------------------------------------------------------------------------------

static void write_candump(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    char line[RECORD_MAX];
    char time[TIME_TEXT_MAX];
    char text[FRAME_TEXT_MAX];
    snprintf(line, sizeof line, "(%s) %s %s\n", time_format(now_ns, time), self->vehicle->buses[bus].name,
             frame_format(frame, text));
    put_text(self, line);
}

// ---- ASC -----------------------------------------------------------------------------------------------------------

static void begin_asc(trace_t *self)
{
    put_text(self, "date " ASC_DATE "\n"
                   "base hex  timestamps absolute\n"
                   "no internal events logged\n"
                   "Begin Triggerblock " ASC_DATE "\n"
                   "   0.000000 Start of measurement\n");
}

static void write_asc(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    char line[RECORD_MAX];
    char time[TIME_TEXT_MAX];
    char id[16];
    snprintf(id, sizeof id, "%" PRIX32 "%s", frame->id, frame->extended ? "x" : "");
    int length = snprintf(line, sizeof line, "%11s %u  %-15s Rx   %c %u", time_format(now_ns, time), bus + 1u, id,
                          frame->remote ? 'r' : 'd', (unsigned)frame->length);
    size_t used = (size_t)length;
    for (uint8_t i = 0; i < frame->length && !frame->remote; i++) {
        used += (size_t)snprintf(line + used, sizeof line - used, " %02X", (unsigned)frame->data[i]);
    }
    line[used++] = '\n';
    put(self, line, used);
}

static void end_asc(trace_t *self)
{
    put_text(self, "End TriggerBlock\n");
}

// ---- pcapng (draft-ietf-opsawg-pcapng): little-endian blocks, each with its length in front and behind --------------

typedef struct {
    uint8_t bytes[RECORD_MAX];
    size_t size;
} block_t;

static void add_number(block_t *self, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) self->bytes[self->size++] = (uint8_t)(number >> (8 * i));
}

static void add_bytes(block_t *self, const void *bytes, size_t size)
{
    memcpy(self->bytes + self->size, bytes, size);
    self->size += size;
    while (self->size % 4 != 0) self->bytes[self->size++] = 0;
}

static void add_option(block_t *self, unsigned code, const void *bytes, size_t size)
{
    add_number(self, code, 2);
    add_number(self, size, 2);
    add_bytes(self, bytes, size);
}

static block_t begin_block(unsigned type)
{
    block_t block = {0};
    add_number(&block, type, 4);
    add_number(&block, 0, 4); // the length, known at the end
    return block;
}

static void put_block(trace_t *self, block_t *block)
{
    size_t size = block->size + 4;
    add_number(block, size, 4);
    memcpy(block->bytes + 4, block->bytes + size - 4, 4);
    put(self, block->bytes, size);
}

static void begin_pcapng(trace_t *self)
{
    const uint8_t resolution = PCAPNG_NANOSECONDS;
    block_t section = begin_block(PCAPNG_BLOCK_SECTION);
    add_number(&section, PCAPNG_BYTE_ORDER, 4);
    add_number(&section, 1, 4);          // version 1.0
    add_number(&section, UINT64_MAX, 8); // length of the section: not told
    put_block(self, &section);
    for (uint8_t i = 0; i < self->vehicle->bus_count; i++) {
        const char *name = self->vehicle->buses[i].name;
        block_t interface = begin_block(PCAPNG_BLOCK_INTERFACE);
        add_number(&interface, PCAPNG_LINKTYPE_SOCKETCAN, 4);
        add_number(&interface, 0, 4); // no limit of a packet's length
        add_option(&interface, PCAPNG_OPTION_NAME, name, strlen(name));
        add_option(&interface, PCAPNG_OPTION_RESOLUTION, &resolution, 1);
        add_number(&interface, 0, 4); // end of options
        put_block(self, &interface);
    }
}

// The identifier stands first byte first, unlike all else.
static size_t make_packet(const can_frame_t *frame, uint8_t packet[16])
{
    uint32_t id = frame->id | (frame->extended ? SOCKETCAN_EXTENDED : 0) | (frame->remote ? SOCKETCAN_REMOTE : 0);
    size_t length = frame->remote ? 0 : frame->length;
    for (unsigned i = 0; i < 4; i++) packet[i] = (uint8_t)(id >> (24 - 8 * i));
    packet[4] = frame->length;
    memset(packet + 5, 0, 3);
    memcpy(packet + 8, frame->data, length);
    return 8 + length;
}

static void write_pcapng(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    uint8_t packet[16];
    size_t size = make_packet(frame, packet);
    block_t block = begin_block(PCAPNG_BLOCK_PACKET);
    add_number(&block, bus, 4);
    add_number(&block, (uint64_t)now_ns >> 32, 4);
    add_number(&block, (uint64_t)now_ns & UINT32_MAX, 4);
    add_number(&block, size, 4); // captured
    add_number(&block, size, 4); // on the wire
    add_bytes(&block, packet, size);
    put_block(self, &block);
}

// ---- formats -------------------------------------------------------------------------------------------------------

typedef struct {
    const char *extension;
    void (*begin)(trace_t *self); // begin and end: null where there is nothing to write
    void (*write)(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame);
    void (*end)(trace_t *self);
} format_t;

static const format_t FORMATS[] = {
    [TRACE_CANDUMP] = {".log", NULL, write_candump, NULL},
    [TRACE_ASC] = {".asc", begin_asc, write_asc, end_asc},
    [TRACE_PCAPNG] = {".pcapng", begin_pcapng, write_pcapng, NULL},
};
#define FORMAT_COUNT (sizeof FORMATS / sizeof *FORMATS)

bool trace_format_of(const char *path, trace_format_t *format, error_t *error)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        size_t end = strlen(FORMATS[i].extension);
        if (length <= end || strcmp(path + length - end, FORMATS[i].extension) != 0) continue;
        *format = (trace_format_t)i;
        return true;
    }
    return error_add(error, "%s: a trace must be named .log (candump), .asc or .pcapng", path);
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

trace_t *trace_new_stream(FILE *file, trace_format_t format, const vehicle_t *vehicle)
{
    trace_t *self = calloc(1, sizeof *self);
    assert(self);
    *self = (trace_t){.format = format, .vehicle = vehicle, .file = file, .borrowed = true};
    if (FORMATS[format].begin) FORMATS[format].begin(self);
    return self;
}

trace_t *trace_new(const char *path, const vehicle_t *vehicle, error_t *error)
{
    trace_format_t format = TRACE_CANDUMP;
    if (!trace_format_of(path, &format, error)) return NULL;
    trace_t *self = calloc(1, sizeof *self);
    assert(self);
    *self = (trace_t){.format = format, .vehicle = vehicle, .path = strdup(path)};
    assert(self->path);
    self->file = open_path(self);
    if (!self->file) {
        error_add(error, "%s: %s", path, strerror(errno));
        destroy(&self);
        return NULL;
    }
    if (FORMATS[format].begin) FORMATS[format].begin(self);
    return self;
}

void trace_write(trace_t *self, int64_t now_ns, uint8_t bus, const can_frame_t *frame)
{
    assert(bus < self->vehicle->bus_count);
    FORMATS[self->format].write(self, now_ns, bus, frame);
}

// Whatever was still buffered may fail only now: a full disk does.
static void close_file(trace_t *self)
{
    errno = 0;
    int result = self->borrowed ? fflush(self->file) : fclose(self->file);
    if (result != 0 && !self->failure) self->failure = errno ? errno : EIO;
}

bool trace_close(trace_t **self_p, error_t *error)
{
    trace_t *self = *self_p;
    if (!self) return true;
    if (FORMATS[self->format].end) FORMATS[self->format].end(self);
    close_file(self);
    if (self->temporary) {
        if (!self->failure && rename(self->temporary, self->path) != 0) self->failure = errno;
        if (self->failure) unlink(self->temporary);
    }
    bool good = self->failure == 0;
    if (!good) error_add(error, "%s: %s", self->path ? self->path : "trace", strerror(self->failure));
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

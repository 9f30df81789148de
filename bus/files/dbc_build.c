// SPDX-License-Identifier: MIT
#include "bus/files/dbc_build.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/text.h"

#define CHUNK_BYTES 65536

// Strings and values never move and are freed together: they are cut from chunks.
typedef struct chunk {
    struct chunk *older;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
} chunk_t;

struct dbc_build {
    chunk_t *chunks;
    size_t message_count, message_room;
    dbc_message_t *messages;
    size_t *first_signals; // of each message: index of its first signal; `signals` moves while it grows
    size_t signal_count, signal_room;
    dbc_signal_t *signals;
    size_t slot_count; // a power of two, or 0
    size_t *slots;     // by identifier: index of the message + 1, 0 for a free slot
    dbc_t dbc;
};

dbc_build_t *dbc_build_new(void)
{
    dbc_build_t *self = calloc(1, sizeof *self);
    assert(self);
    return self;
}

void dbc_build_destroy(dbc_build_t **self_p)
{
    dbc_build_t *self = *self_p;
    if (!self) return;
    while (self->chunks) {
        chunk_t *older = self->chunks->older;
        free(self->chunks);
        self->chunks = older;
    }
    free(self->messages);
    free(self->first_signals);
    free(self->signals);
    free(self->slots);
    free(self);
    *self_p = NULL;
}

static void *allocate(dbc_build_t *self, size_t size)
{
    size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if (!self->chunks || self->chunks->size - self->chunks->used < size) {
        size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;
        chunk_t *chunk = malloc(sizeof *chunk + room);
        assert(chunk);
        chunk->older = self->chunks;
        chunk->used = 0;
        chunk->size = room;
        self->chunks = chunk;
    }
    void *memory = self->chunks->bytes + self->chunks->used;
    self->chunks->used += size;
    return memory;
}

static void *grow(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room) return array;
    *room = *room ? 2 * *room : 64;
    array = realloc(array, *room * size);
    assert(array);
    return array;
}

// ---- messages and signals ------------------------------------------------------------------------------------------

// The slot of the identifier: its message's, or the free one where it belongs.
static size_t *find_slot(const dbc_build_t *self, uint32_t id, bool extended)
{
    size_t slot = (id ^ (id >> 16)) * UINT32_C(0x9E3779B1) >> 7;
    for (;; slot++) {
        size_t *found = &self->slots[slot & (self->slot_count - 1)];
        if (*found == 0) return found;
        const dbc_message_t *message = &self->messages[*found - 1];
        if (message->id == id && message->extended == extended) return found;
    }
}

// At most half of the slots are in use.
static void grow_slots(dbc_build_t *self)
{
    if (2 * (self->message_count + 1) <= self->slot_count) return;
    free(self->slots);
    self->slot_count = self->slot_count ? 2 * self->slot_count : 64;
    self->slots = calloc(self->slot_count, sizeof *self->slots);
    assert(self->slots);
    for (size_t i = 0; i < self->message_count; i++) {
        *find_slot(self, self->messages[i].id, self->messages[i].extended) = i + 1;
    }
}

dbc_message_t *dbc_build_newest(const dbc_build_t *self)
{
    assert(self->message_count > 0);
    return &self->messages[self->message_count - 1];
}

dbc_message_t *dbc_build_message(const dbc_build_t *self, uint32_t id, bool extended)
{
    if (self->slot_count == 0) return NULL;
    size_t index = *find_slot(self, id, extended);
    return index > 0 ? &self->messages[index - 1] : NULL;
}

bool dbc_build_add_message(dbc_build_t *self, const dbc_message_t *message)
{
    grow_slots(self);
    size_t *slot = find_slot(self, message->id, message->extended);
    if (*slot > 0) return false;
    size_t room = self->message_room;
    self->first_signals = grow(self->first_signals, self->message_count, &room, sizeof *self->first_signals);
    self->messages = grow(self->messages, self->message_count, &self->message_room, sizeof *self->messages);
    self->messages[self->message_count] = *message;
    self->messages[self->message_count].signal_count = 0;
    self->first_signals[self->message_count] = self->signal_count;
    *slot = ++self->message_count;
    return true;
}

dbc_signal_t *dbc_build_signal(const dbc_build_t *self, const dbc_message_t *message, const char *name, size_t length)
{
    if (message->signal_count == 0) return NULL; // there may be no array yet
    dbc_signal_t *signals = self->signals + self->first_signals[message - self->messages];
    for (size_t i = 0; i < message->signal_count; i++) {
        if (strlen(signals[i].name) == length && memcmp(signals[i].name, name, length) == 0) return &signals[i];
    }
    return NULL;
}

bool dbc_build_add_signal(dbc_build_t *self, const dbc_signal_t *signal)
{
    dbc_message_t *message = dbc_build_newest(self);
    if (message->signal_count >= DBC_BUILD_SIGNALS_MAX) return false;
    self->signals = grow(self->signals, self->signal_count, &self->signal_room, sizeof *self->signals);
    self->signals[self->signal_count++] = *signal;
    message->signal_count++;
    return true;
}

void dbc_build_drop_signal(dbc_build_t *self, dbc_message_t *message, dbc_signal_t *signal)
{
    dbc_signal_t *end = self->signals + self->first_signals[message - self->messages] + message->signal_count;
    memmove(signal, signal + 1, (size_t)(end - signal - 1) * sizeof *signal);
    message->signal_count--;
    if (message == dbc_build_newest(self))
        self->signal_count--; // more signals may follow
    else
        memset(end - 1, 0, sizeof *signal); // the place stays empty
}

dbc_message_t *dbc_build_messages(const dbc_build_t *self, size_t *count)
{
    *count = self->message_count;
    return self->messages;
}

dbc_signal_t *dbc_build_signals(const dbc_build_t *self, size_t *count)
{
    *count = self->signal_count;
    return self->signals;
}

const dbc_t *dbc_build_finish(dbc_build_t *self)
{
    for (size_t i = 0; i < self->message_count; i++) {
        dbc_message_t *message = &self->messages[i];
        message->signals = message->signal_count > 0 ? self->signals + self->first_signals[i] : NULL;
    }
    self->dbc = (dbc_t){.message_count = self->message_count, .messages = self->messages};
    return &self->dbc;
}

// ---- texts and values ----------------------------------------------------------------------------------------------

// Code page 1252, which Windows tools write: ISO 8859-1 but for these; the five that it leaves open stay controls.
static uint32_t windows_character(unsigned char byte)
{
    static const uint16_t FROM_80[] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
    };
    return byte >= 0x80 && byte < 0xA0 ? FROM_80[byte - 0x80] : byte;
}

// How many characters there are at the beginning that stay as they are.
static size_t plain_length(const char *text, size_t length)
{
    size_t plain = 0;
    while (plain < length && text[plain] >= ' ' && text[plain] <= '~' && text[plain] != '\\') plain++;
    return plain;
}

const char *dbc_build_text(dbc_build_t *self, const char *text, size_t length)
{
    size_t plain = plain_length(text, length);
    bool utf8 = text_is_utf8(text + plain, length - plain);
    char *copy = allocate(self, (utf8 ? 1 : 3) * length + 1); // a byte of the code page has three at most
    size_t used = plain;
    memcpy(copy, text, plain);
    for (size_t i = plain; i < length;) {
        uint32_t character = windows_character((unsigned char)text[i]);
        size_t step = utf8 ? text_character(text + i, length - i, &character) : 1;
        bool left_out =
            i + 1 < length && ((text[i] == '\\' && text[i + 1] == '"') || (text[i] == '\r' && text[i + 1] == '\n'));
        if (!left_out) used += text_put_character(copy + used, text_harmless(character));
        i += step;
    }
    copy[used] = '\0';
    return copy;
}

void dbc_build_set_values(dbc_build_t *self, dbc_signal_t *signal, const dbc_value_t *values, size_t count)
{
    signal->values = NULL;
    signal->value_count = count;
    if (count == 0) return;
    dbc_value_t *copy = allocate(self, count * sizeof *copy);
    memcpy(copy, values, count * sizeof *copy);
    signal->values = copy;
}

void dbc_build_set_ranges(dbc_build_t *self, dbc_signal_t *signal, const char *selector, const dbc_range_t *ranges,
                          size_t count)
{
    dbc_range_t *copy = allocate(self, count * sizeof *copy);
    memcpy(copy, ranges, count * sizeof *copy);
    signal->selector = selector;
    signal->ranges = copy;
    signal->range_count = count;
}

void dbc_build_rename_selector(dbc_build_t *self, const dbc_message_t *message, const char *from, const char *to)
{
    dbc_signal_t *signals = self->signals + self->first_signals[message - self->messages];
    for (size_t i = 0; i < message->signal_count; i++)
        if (signals[i].selector && strcmp(signals[i].selector, from) == 0) signals[i].selector = to;
}

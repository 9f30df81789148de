// SPDX-License-Identifier: MIT
#include "bus/files/json_places.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NO_NAME UINT32_MAX
#define FIRST_ROOM 256
#define UTF8_FOLLOWING(byte) (((byte)&0xC0) == 0x80)

typedef struct {
    json_position_t value, name;
    uint32_t value_offset, value_end, name_offset; // in the text; NO_NAME: no member
    uint32_t end;                                  // the node behind it and all within
    uint32_t outer;
} node_t;

struct json_places {
    const char *text;
    size_t size, count, room;
    node_t *nodes;
};

// ---- reading -------------------------------------------------------------------------------------------------------

typedef struct {
    json_places_t *places;
    size_t offset;
    json_position_t position;
    uint32_t open; // the array or object that is read; NO_NAME: none
    bool name_next;
    json_position_t name;
    uint32_t name_offset;
} scan_t;

static char here(const scan_t *self)
{
    return self->places->text[self->offset];
}

static void step(scan_t *self)
{
    if (here(self) == '\n')
        self->position = (json_position_t){self->position.line + 1, 1};
    else if (!UTF8_FOLLOWING((unsigned char)here(self)))
        self->position.column++;
    self->offset++;
}

static bool at_end(const scan_t *self)
{
    return self->offset >= self->places->size;
}

// From its first quote to behind its last.
static void skip_string(scan_t *self)
{
    do {
        if (here(self) == '\\') step(self);
        step(self);
    } while (!at_end(self) && here(self) != '"');
    if (!at_end(self)) step(self);
}

static uint32_t add_node(scan_t *self)
{
    json_places_t *places = self->places;
    if (places->count == places->room) {
        places->room = places->room ? 2 * places->room : FIRST_ROOM;
        places->nodes = realloc(places->nodes, places->room * sizeof *places->nodes);
        assert(places->nodes);
    }
    uint32_t index = (uint32_t)places->count++;
    bool member = self->name_offset != NO_NAME;
    places->nodes[index] = (node_t){.value = self->position,
                                    .name = member ? self->name : self->position,
                                    .value_offset = (uint32_t)self->offset,
                                    .name_offset = self->name_offset,
                                    .end = index + 1,
                                    .outer = self->open};
    self->name_offset = NO_NAME;
    return index;
}

static void close_node(scan_t *self)
{
    if (self->open == NO_NAME) return;
    node_t *node = &self->places->nodes[self->open];
    node->end = (uint32_t)self->places->count;
    node->value_end = (uint32_t)self->offset;
    self->open = node->outer;
    self->name_next = false;
}

// Of the node that was added last.
static void end_scalar(const scan_t *self)
{
    self->places->nodes[self->places->count - 1].value_end = (uint32_t)self->offset;
}

static void take_string(scan_t *self)
{
    if (self->name_next) {
        self->name = self->position;
        self->name_offset = (uint32_t)self->offset;
        self->name_next = false;
    } else {
        add_node(self);
    }
    skip_string(self);
    if (self->name_offset == NO_NAME) end_scalar(self);
}

static void take(scan_t *self)
{
    switch (here(self)) {
    case '\0': // which Jansson passes over
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case ':':
        step(self);
        return;
    case '{':
    case '[':
        self->name_next = here(self) == '{';
        self->open = add_node(self);
        step(self);
        return;
    case '}':
    case ']':
        close_node(self);
        step(self);
        return;
    case ',':
        self->name_next =
            self->open != NO_NAME && self->places->text[self->places->nodes[self->open].value_offset] == '{';
        step(self);
        return;
    case '"':
        take_string(self);
        return;
    default:
        add_node(self);
        while (!at_end(self) && !strchr(" \t\r\n,]}", here(self))) step(self);
        end_scalar(self);
    }
}

json_places_t *json_places_new(const char *text, size_t size)
{
    json_places_t *self = calloc(1, sizeof *self);
    assert(self && size < NO_NAME);
    self->text = text;
    self->size = size;
    scan_t scan = {.places = self, .position = {1, 1}, .open = NO_NAME, .name_offset = NO_NAME};
    while (!at_end(&scan)) take(&scan);
    return self;
}

void json_places_destroy(json_places_t **self_p)
{
    if (!*self_p) return;
    free((*self_p)->nodes);
    free(*self_p);
    *self_p = NULL;
}

// ---- asking --------------------------------------------------------------------------------------------------------

size_t json_places_first(const json_places_t *self, size_t node)
{
    return node + 1 < self->nodes[node].end ? node + 1 : JSON_PLACES_NONE;
}

size_t json_places_next(const json_places_t *self, size_t node)
{
    uint32_t outer = self->nodes[node].outer, next = self->nodes[node].end;
    return outer != NO_NAME && next < self->nodes[outer].end ? next : JSON_PLACES_NONE;
}

size_t json_places_element(const json_places_t *self, size_t array, size_t index)
{
    size_t node = json_places_first(self, array);
    while (node != JSON_PLACES_NONE && index-- > 0) node = json_places_next(self, node);
    return node;
}

json_position_t json_places_position(const json_places_t *self, size_t node, bool name)
{
    return name ? self->nodes[node].name : self->nodes[node].value;
}

bool json_places_is_array(const json_places_t *self, size_t node)
{
    return self->text[self->nodes[node].value_offset] == '[';
}

bool json_places_holds(const json_places_t *self, size_t node, const char *text)
{
    const node_t *told = &self->nodes[node];
    size_t length = strlen(text), begin = told->name_offset == NO_NAME ? told->value_offset : told->name_offset;
    for (; begin + length <= told->value_end; begin++)
        if (memcmp(self->text + begin, text, length) == 0) return true;
    return false;
}

// Between its quotes.
static size_t name_length(const char *name)
{
    size_t length = 0;
    while (name[length] != '"') length += name[length] == '\\' ? 2 : 1;
    return length;
}

char *json_places_name(const json_places_t *self, size_t node)
{
    uint32_t begin = self->nodes[node].name_offset;
    if (begin == NO_NAME) return NULL;
    const char *written = self->text + begin + 1;
    size_t length = name_length(written);
    char *name;
    if (!memchr(written, '\\', length)) {
        name = strndup(written, length);
    } else {
        json_t *json = json_loadb(written - 1, length + 2, JSON_DECODE_ANY, NULL);
        name = strdup(json_string_value(json)); // it is a string that was read before
        json_decref(json);
    }
    assert(name);
    return name;
}

size_t json_places_member(const json_places_t *self, size_t object, const char *name)
{
    size_t node = json_places_first(self, object);
    for (; node != JSON_PLACES_NONE; node = json_places_next(self, node)) {
        char *own = json_places_name(self, node);
        bool found = strcmp(own, name) == 0;
        free(own);
        if (found) break;
    }
    return node;
}

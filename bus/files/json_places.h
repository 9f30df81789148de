// SPDX-License-Identifier: MIT
// Where in a text each value of its JSON stands, beside Jansson, which keeps no places: a tree of the same shape, whose
// nodes are numbered in the order of the text, the root 0.
//
//   {"name": "x", "steps": [1, 2]}        0 the object, 1 "x", 2 the array, 3 and 4 its elements
//
// For loaders only, like json_reader.h.
#ifndef KMSIM_BUS_FILES_JSON_PLACES_H
#define KMSIM_BUS_FILES_JSON_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_PLACES_NONE SIZE_MAX // no such node

typedef struct {
    uint32_t line, column; // from 1; of characters, not of bytes
} json_position_t;

typedef struct json_places json_places_t;

/// Returns the places of a text (borrowed) that Jansson has taken, which the caller destroys.
json_places_t *json_places_new(const char *text, size_t size);
void json_places_destroy(json_places_t **self_p);

/// The first value within an array or object, the one behind it there, or JSON_PLACES_NONE.
size_t json_places_first(const json_places_t *self, size_t node);
size_t json_places_next(const json_places_t *self, size_t node);

/// The n-th element of an array, from 0.
size_t json_places_element(const json_places_t *self, size_t array, size_t index);

/// The member of that name of an object.
size_t json_places_member(const json_places_t *self, size_t object, const char *name);

/// Where the value begins, or (name) the name of the member that it is; the value's own where it is no member.
json_position_t json_places_position(const json_places_t *self, size_t node, bool name);

bool json_places_is_array(const json_places_t *self, size_t node);

/// Whether that stands in the text of the value, or of the member's name.
bool json_places_holds(const json_places_t *self, size_t node, const char *text);

/// The member's name. Returns a new text that the caller frees, or null where the value is no member.
char *json_places_name(const json_places_t *self, size_t node);

#endif

// SPDX-License-Identifier: MIT
// Reads JSON by tables: one field_t per member says what it may hold and where in a structure it goes. Every mistake is
// told as `file: /json/pointer: what`, and reading goes on, so that one run tells all mistakes of a file; what is no
// JSON is told as `file:line:column: what`. Who knows more of the place (json_places.h) tells mistakes himself.
// For loaders only, of stories and of vehicles: json_t appears in no other header but theirs.
#ifndef KMSIM_BUS_FILES_JSON_READER_H
#define KMSIM_BUS_FILES_JSON_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/base/error.h"

#define JSON_POINTER_MAX 4095
#define FIELD_CHOICES_MAX 8
#define FIELDS(table) (table), sizeof(table) / sizeof((table)[0]) // a table and its count, as json_reader_object asks

typedef struct json_reader json_reader_t;

// Tells a mistake at the reader's pointer; name: what is wrong there is the member's name, not its value.
typedef void json_teller_t(json_reader_t *self, bool name, const char *text);

struct json_reader {
    const char *file; // named in every mistake
    error_t *error;
    json_teller_t *teller; // null: as `file: /json/pointer: text`, into the error
    void *telling;         // the teller's own
    size_t mistakes;       // told so far
    size_t length;
    char pointer[JSON_POINTER_MAX + 1]; // where the reader is
};

typedef enum {
    FIELD_ANY,     // const json_t *: the caller looks itself
    FIELD_OBJECT,  // const json_t *, of at most maximum members when that is not 0
    FIELD_ARRAY,   // const json_t *, of minimum .. maximum elements; not empty when maximum is 0
    FIELD_INTEGER, // int64_t, minimum .. maximum (2.0 is an integer, as for JSON Schema)
    FIELD_DIGITS,  // likewise, written without a fraction and an exponent
    FIELD_HEX,     // int64_t, minimum .. maximum of at most 32 bits, written "0x3DA"
    FIELD_NUMBER,  // double
    FIELD_BOOLEAN, // bool
    FIELD_TRUE,    // bool that can only be told to be true
    FIELD_TEXT,    // const char *, one line, not empty; it lives as long as the JSON
    FIELD_NAME,    // const char *, at most maximum of A-Z, a-z, 0-9, '_' and '-', of which the last two do not begin it
    FIELD_CHOICE,  // int64_t, index of the text in choices
    FIELD_TIME,    // int64_t in ns, at least minimum
} field_kind_t;

typedef struct {
    const char *name;
    field_kind_t kind;
    bool required;
    size_t offset; // in the structure that is filled; a member that is not there leaves its place as it is
    int64_t minimum, maximum;
    const char *choices[FIELD_CHOICES_MAX];
} field_t;

/// Returns a new JSON value, of a text or of a file of at most 64 MiB, that the caller gives to json_decref; null with
/// the error told, for members told twice and for a byte order mark, too.
json_t *json_reader_parse(const char *file, const char *text, size_t size, error_t *error);
json_t *json_reader_load(const char *file, error_t *error);

/// Starts at the root.
void json_reader_init(json_reader_t *self, const char *file, error_t *error);

/// Goes to a member or element, and back to where it was: mark is what enter returned.
size_t json_reader_enter(json_reader_t *self, const char *name);
size_t json_reader_enter_index(json_reader_t *self, size_t index);
void json_reader_leave(json_reader_t *self, size_t mark);

/// Tells a mistake at the present place, or at a member of it (null: at the place itself); printf format. Returns
/// false.
bool json_reader_mistake(json_reader_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool json_reader_mistake_at(json_reader_t *self, const char *member, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// The same where the name of the present place is the mistake, not what stands there.
bool json_reader_mistake_of_name(json_reader_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// A name as it stands in a pointer: '~' and '/' are written ~0 and ~1 (RFC 6901), and what a terminal would obey is
/// not there. Returns a new text that the caller frees.
char *json_reader_token(const char *name);

/// Reads an object's members into a structure; unknown and missing members are mistakes. False when there was one.
bool json_reader_object(json_reader_t *self, const json_t *json, const field_t *fields, size_t count, void *structure);

/// Reads one value at the present place by a field (its name, required and offset are not looked at).
bool json_reader_value(json_reader_t *self, const json_t *json, const field_t *field, void *place);

#endif

// SPDX-License-Identifier: MIT
#include "bus/files/json_reader.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/hex.h"
#include "bus/files/text_file.h"
#include "bus/base/time.h"

#define FILE_SIZE_MAX ((size_t)64 << 20)
#define BYTE_ORDER_MARK "\xEF\xBB\xBF" // invisible, so that the reader's own words for it help nobody
#define MISTAKE_MAX 1024
#define FIELDS_MAX 96
#define INTEGER_LIMIT 9223372036854775808.0 // 2^63, which a double can hold

// What a terminal would obey is not for mistakes, whatever the file holds.
static bool is_obeyed(char c)
{
    return (unsigned char)c < ' ' || c == 0x7F;
}

static void clean(char *text)
{
    for (char *c = text; *c; c++)
        if (is_obeyed(*c)) *c = '?';
}

json_t *json_reader_parse(const char *file, const char *text, size_t size, error_t *error)
{
    json_error_t bad;
    if (size >= strlen(BYTE_ORDER_MARK) && memcmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0) {
        error_add(error, "%s:1:1: begins with a byte order mark: it must be UTF-8 without one", file);
        return NULL;
    }
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &bad);
    if (json) return json;
    clean(bad.text);
    error_add(error, "%s:%d:%d: %s", file, bad.line > 0 ? bad.line : 1, bad.column > 0 ? bad.column : 1, bad.text);
    return NULL;
}

json_t *json_reader_load(const char *file, error_t *error)
{
    size_t size;
    char *text = text_file_read(file, FILE_SIZE_MAX, &size, error);
    json_t *json = text ? json_reader_parse(file, text, size, error) : NULL;
    free(text);
    return json;
}

void json_reader_init(json_reader_t *self, const char *file, error_t *error)
{
    self->file = file;
    self->error = error;
    self->teller = NULL;
    self->telling = NULL;
    self->mistakes = 0;
    self->length = 0;
    self->pointer[0] = '\0';
}

// A character as it stands in a pointer; what does not fit is cut: a place nested that deeply is still found by its
// beginning.
static void put_character(json_reader_t *self, char c)
{
    if (self->length == JSON_POINTER_MAX) return;
    self->pointer[self->length++] = is_obeyed(c) ? '?' : c;
    self->pointer[self->length] = '\0';
}

char *json_reader_token(const char *name)
{
    char *token = malloc(2 * strlen(name) + 1), *end = token;
    assert(token);
    for (const char *c = name; *c; c++) {
        *end++ = *c == '/' ? '~' : *c;
        if (*c == '~' || *c == '/') *end++ = *c == '~' ? '0' : '1';
    }
    *end = '\0';
    clean(token);
    return token;
}

// RFC 6901: '~' and '/' in a name are written ~0 and ~1.
size_t json_reader_enter(json_reader_t *self, const char *name)
{
    size_t mark = self->length;
    put_character(self, '/');
    for (; *name; name++) {
        put_character(self, *name == '/' ? '~' : *name);
        if (*name == '~' || *name == '/') put_character(self, *name == '~' ? '0' : '1');
    }
    return mark;
}

size_t json_reader_enter_index(json_reader_t *self, size_t index)
{
    char name[24], *begin = name + sizeof name - 1;
    *begin = '\0';
    do *--begin = (char)('0' + index % 10);
    while (index /= 10);
    return json_reader_enter(self, begin);
}

void json_reader_leave(json_reader_t *self, size_t mark)
{
    self->length = mark;
    self->pointer[mark] = '\0';
}

static void tell(json_reader_t *self, bool name, const char *format, va_list arguments)
{
    char text[MISTAKE_MAX];
    vsnprintf(text, sizeof text, format, arguments);
    clean(text);
    self->mistakes++;
    if (self->teller)
        self->teller(self, name, text);
    else
        error_add(self->error, "%s: %s: %s", self->file, self->length > 0 ? self->pointer : "/", text);
}

bool json_reader_mistake(json_reader_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(self, false, format, arguments);
    va_end(arguments);
    return false;
}

bool json_reader_mistake_of_name(json_reader_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tell(self, true, format, arguments);
    va_end(arguments);
    return false;
}

bool json_reader_mistake_at(json_reader_t *self, const char *member, const char *format, ...)
{
    size_t mark = self->length;
    if (member) json_reader_enter(self, member);
    va_list arguments;
    va_start(arguments, format);
    tell(self, false, format, arguments);
    va_end(arguments);
    json_reader_leave(self, mark);
    return false;
}

// A whole number as JSON Schema sees it, or false.
static bool take_integer(const json_t *json, int64_t *value)
{
    if (json_is_integer(json)) {
        *value = json_integer_value(json);
        return true;
    }
    if (!json_is_real(json)) return false;
    double real = json_real_value(json);
    if (!(real >= -INTEGER_LIMIT && real < INTEGER_LIMIT) || (double)(int64_t)real != real) return false;
    *value = (int64_t)real;
    return true;
}

static bool read_integer(json_reader_t *self, const json_t *json, const field_t *field, int64_t *place)
{
    int64_t value;
    if (!take_integer(json, &value))
        return json_reader_mistake(self, "must be an integer, %" PRId64 " to %" PRId64, field->minimum, field->maximum);
    if (value < field->minimum || value > field->maximum)
        return json_reader_mistake(self, "must be %" PRId64 " to %" PRId64, field->minimum, field->maximum);
    *place = value;
    return true;
}

static bool read_hex(json_reader_t *self, const json_t *json, const field_t *field, int64_t *place)
{
    uint32_t number;
    if (!hex_number(json_string_value(json), 8, &number) || number < field->minimum || number > field->maximum)
        return json_reader_mistake(self, "must be a string \"0x%" PRIX64 "\" to \"0x%" PRIX64 "\"", field->minimum,
                                   field->maximum);
    *place = number;
    return true;
}

static bool read_text(json_reader_t *self, const json_t *json, const char **place)
{
    const char *text = json_string_value(json);
    if (!text || !*text) return json_reader_mistake(self, "must be a text that is not empty");
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F) return json_reader_mistake(self, "must be one line of text");
    *place = text;
    return true;
}

static bool read_name(json_reader_t *self, const json_t *json, const field_t *field, const char **place)
{
    static const char GOOD[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const char *text = json_string_value(json);
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length > (size_t)field->maximum || strspn(text, GOOD) != length || strchr("_-", *text))
        return json_reader_mistake(self, "must be a name of 1 to %" PRId64 " letters, digits, \"_\" and \"-\"",
                                   field->maximum);
    *place = text;
    return true;
}

static size_t count_choices(const field_t *field)
{
    size_t count = 0;
    while (count < FIELD_CHOICES_MAX && field->choices[count]) count++;
    return count;
}

static bool read_choice(json_reader_t *self, const json_t *json, const field_t *field, int64_t *place)
{
    const char *text = json_string_value(json);
    size_t count = count_choices(field);
    char list[MISTAKE_MAX / 2] = "";
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (text && strcmp(text, field->choices[i]) == 0) {
            *place = (int64_t)i;
            return true;
        }
        const char *between = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        int wrote = snprintf(list + length, sizeof list - length, "%s\"%s\"", between, field->choices[i]);
        if (wrote > 0 && (size_t)wrote < sizeof list - length) length += (size_t)wrote;
    }
    return json_reader_mistake(self, "must be %s", list);
}

static bool read_time(json_reader_t *self, const json_t *json, const field_t *field, int64_t *place)
{
    const char *text = json_string_value(json);
    int64_t time_ns;
    if (text && !time_parse(text, &time_ns) && time_is_written(text))
        return json_reader_mistake(self, "must be at most %" PRId64 " min, and a whole number of nanoseconds",
                                   TIME_PARSED_MAX_NS / TIME_MIN);
    if (!text || !time_parse(text, &time_ns))
        return json_reader_mistake(self,
                                   "must be a time with its unit, like \"250 us\", \"20 ms\", \"1.5 s\", \"2 min\"");
    if (time_ns < field->minimum)
        return json_reader_mistake(self, "must be at least %" PRId64 " us", field->minimum / TIME_US);
    *place = time_ns;
    return true;
}

static bool read_boolean(json_reader_t *self, const json_t *json, bool only_true, bool *place)
{
    if (only_true && !json_is_true(json)) return json_reader_mistake(self, "must be true");
    if (!json_is_boolean(json)) return json_reader_mistake(self, "must be true or false");
    *place = json_is_true(json);
    return true;
}

static bool read_object(json_reader_t *self, const json_t *json, const field_t *field, const json_t **place)
{
    if (!json_is_object(json)) return json_reader_mistake(self, "must be an object");
    if (field->maximum > 0 && json_object_size(json) > (size_t)field->maximum)
        return json_reader_mistake(self, "must have at most %" PRId64 " members", field->maximum);
    *place = json;
    return true;
}

static bool read_array(json_reader_t *self, const json_t *json, const field_t *field, const json_t **place)
{
    size_t count = json_array_size(json);
    if (field->maximum == 0 && count == 0) return json_reader_mistake(self, "must be an array that is not empty");
    if (field->maximum > 0 &&
        (!json_is_array(json) || count < (size_t)field->minimum || count > (size_t)field->maximum))
        return json_reader_mistake(self, "must be an array of %" PRId64 " to %" PRId64 " elements", field->minimum,
                                   field->maximum);
    *place = json;
    return true;
}

bool json_reader_value(json_reader_t *self, const json_t *json, const field_t *field, void *place)
{
    switch (field->kind) {
    case FIELD_ANY:
        *(const json_t **)place = json;
        return true;
    case FIELD_OBJECT:
        return read_object(self, json, field, place);
    case FIELD_ARRAY:
        return read_array(self, json, field, place);
    case FIELD_INTEGER:
        return read_integer(self, json, field, place);
    case FIELD_DIGITS:
        return read_integer(self, json_is_integer(json) ? json : NULL, field, place);
    case FIELD_HEX:
        return read_hex(self, json, field, place);
    case FIELD_NUMBER:
        if (!json_is_number(json)) return json_reader_mistake(self, "must be a number");
        *(double *)place = json_number_value(json);
        return true;
    case FIELD_BOOLEAN:
    case FIELD_TRUE:
        return read_boolean(self, json, field->kind == FIELD_TRUE, place);
    case FIELD_TEXT:
        return read_text(self, json, place);
    case FIELD_NAME:
        return read_name(self, json, field, place);
    case FIELD_CHOICE:
        return read_choice(self, json, field, place);
    case FIELD_TIME:
        return read_time(self, json, field, place);
    }
    return false;
}

// Sets each field's value, null where it is not there; what belongs to none is told.
static bool sort_members(json_reader_t *self, const json_t *json, const field_t *fields, size_t count,
                         const json_t **values)
{
    bool good = true;
    const char *name;
    json_t *value;
    // Jansson's macro casts const away; nothing is changed.
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t i = 0;
        while (i < count && strcmp(name, fields[i].name) != 0) i++;
        if (i < count) {
            values[i] = value;
            continue;
        }
        size_t mark = json_reader_enter(self, name);
        good = json_reader_mistake_of_name(self, "unknown member");
        json_reader_leave(self, mark);
    }
    return good;
}

bool json_reader_object(json_reader_t *self, const json_t *json, const field_t *fields, size_t count, void *structure)
{
    const json_t *values[FIELDS_MAX] = {NULL};
    assert(count <= FIELDS_MAX);
    if (!json_is_object(json)) return json_reader_mistake(self, "must be an object");
    bool good = sort_members(self, json, fields, count, values);
    for (size_t i = 0; i < count; i++) {
        if (!values[i] && !fields[i].required) continue;
        size_t mark = json_reader_enter(self, fields[i].name);
        if (!values[i])
            good = json_reader_mistake(self, "is missing");
        else if (!json_reader_value(self, values[i], &fields[i], (char *)structure + fields[i].offset))
            good = false;
        json_reader_leave(self, mark);
    }
    return good;
}

// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/words.h"
#include "scenarios/story/story_parts.h"

#define LINE_MAX 8191
#define PLACE_MAX 4096
#define MISTAKES_MAX 10000 // nobody reads on
#define VALUE_MAX 60       // of a parameter, in a mistake

// ---- the place -----------------------------------------------------------------------------------------------------

// The member whose name, filled in, is written so in a pointer.
static size_t find_member(const story_loader_t *self, const json_places_t *places, size_t object, const char *token)
{
    size_t node = json_places_first(places, object);
    for (; node != JSON_PLACES_NONE; node = json_places_next(places, node)) {
        char *name = json_places_name(places, node);
        char *filled = strstr(name, "${") ? story_fill_text(self->scope, name) : NULL;
        char *own = json_reader_token(filled ? filled : name);
        bool found = strcmp(own, token) == 0;
        free(own);
        free(filled);
        free(name);
        if (found) break;
    }
    return node;
}

// As deep as the pointer leads in the file; missing: the last one is not there.
static size_t find_node(const story_loader_t *self, bool *missing)
{
    const json_places_t *places = self->source->places;
    char pointer[JSON_POINTER_MAX + 1], *rest = pointer;
    memcpy(pointer, self->reader.pointer, self->reader.length + 1);
    size_t node = 0;
    *missing = false;
    while (*rest == '/') {
        char *token = rest + 1;
        rest = token + strcspn(token, "/");
        bool last = !*rest;
        *rest = '\0';
        size_t inner = json_places_is_array(places, node) ? json_places_element(places, node, strtoull(token, NULL, 10))
                                                          : find_member(self, places, node, token);
        *missing = inner == JSON_PLACES_NONE;
        if (*missing) break;
        node = inner;
        if (!last) *rest = '/';
    }
    return node;
}

// ---- telling -------------------------------------------------------------------------------------------------------

// By whom the file is used in which it stands, from the inside out.
static void add_users(const story_loader_t *self, words_t *words)
{
    size_t count = 0;
    for (const story_within_t *within = self->within; within; within = within->outer) {
        const story_place_t *place = within->place;
        if (within->rounds > 0) continue;
        words_add(words, "%s%s:%u:%u: %s", count++ == 0 ? " (used in " : ", used in ", place->file, place->line,
                  place->column, place->pointer);
    }
    if (count > 0) words_add(words, ")");
}

static void tell(json_reader_t *reader, bool name, const char *text)
{
    story_loader_t *self = reader->telling;
    story_mistakes_t *mistakes = self->mistakes;
    char place[PLACE_MAX], line[LINE_MAX + 1];
    bool missing;
    size_t node = find_node(self, &missing);
    json_position_t position = json_places_position(self->source->places, node, name && !missing);
    snprintf(place, sizeof place, "%s:%u:%u", self->source->path, position.line, position.column);
    // At such a place nothing else can be judged; what parameters there should be, may not be known either.
    bool doubtful = self->is_unfilled ? !text_set_add(&mistakes->doubtful, place) || self->has_no_scope
                                      : text_set_has(&mistakes->doubtful, place);
    if (doubtful) return;
    words_t words = words_make(line, sizeof line);
    words_add(&words, "%s: %s: %s", place, reader->length > 0 ? reader->pointer : "/", text);
    if (!text_set_add(&mistakes->told, line)) return;
    if (mistakes->told.count >= MISTAKES_MAX) mistakes->is_too_much = true;
    story_scope_add_words(self->scope, VALUE_MAX, self->source->places, node, &words);
    add_users(self, &words);
    error_add(mistakes->error, "%s", line);
}

void story_read_source(story_loader_t *self, const story_source_t *source)
{
    json_reader_init(&self->reader, source->path, self->mistakes->error);
    self->reader.teller = tell;
    self->reader.telling = self;
    self->source = source;
}

void story_mistakes_destroy(story_mistakes_t *self)
{
    text_set_destroy(&self->told);
    text_set_destroy(&self->doubtful);
}

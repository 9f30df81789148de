// SPDX-License-Identifier: MIT
// What every part of the loader, and every row, needs of it.
#include <string.h>

#include "scenarios/story/story_parts.h"

void *story_allocate(story_loader_t *self, size_t count, size_t size)
{
    return arena_allocate(&self->whole->arena, count, size);
}

const char *story_keep_text(story_loader_t *self, const char *text)
{
    return arena_text(&self->whole->arena, text);
}

const char *story_load_note(story_loader_t *self, const json_t *json)
{
    const json_t *note = json_object_get(json, "note");
    if (json_is_string(note)) return story_keep_text(self, json_string_value(note));
    if (note) json_reader_mistake_at(&self->reader, "note", "must be a text");
    return NULL;
}

void story_check_begin(story_loader_t *self, const json_t *json)
{
    if (json_object_get(json, "at") && json_object_get(json, "after"))
        json_reader_mistake(&self->reader, "has both at and after: one of them");
}

void story_tell_reasons(story_loader_t *self, const char *member, const char *why)
{
    for (; *why; why += strspn(why, "\n")) {
        size_t length = strcspn(why, "\n");
        json_reader_mistake_at(&self->reader, member, "%.*s", (int)length, why);
        why += length;
    }
}

story_place_t story_place_of_member(const story_source_t *source, const char *file, const char *pointer)
{
    story_place_t place = {.file = file, .pointer = pointer, .member = ""};
    size_t node = json_places_member(source->places, 0, pointer + 1);
    if (node == JSON_PLACES_NONE) return place;
    json_position_t position = json_places_position(source->places, node, false);
    place.line = position.line;
    place.column = position.column;
    return place;
}

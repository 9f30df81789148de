// SPDX-License-Identifier: MIT
#include "scenarios/play/verbs/one_of.h"

void one_of_require(story_loader_t *loader, const json_t *json, const char *const *names)
{
    size_t there = 0, count = 0;
    char list[128];
    words_t words = words_make(list, sizeof list);
    while (names[count]) count++;
    for (size_t i = 0; i < count; i++) {
        if (json_object_get(json, names[i])) there++;
        words_add_choice(&words, names[i], i, count);
    }
    if (there != 1 && json_is_object(json)) json_reader_mistake(&loader->reader, "must have exactly one of %s", list);
}

// SPDX-License-Identifier: MIT
#include "tools/story_list.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/requirements.h"
#include "scenarios/story/text_set.h"
#include "tools/units.h"

#define PATH_TEXT_MAX 8191

// ---- loading -------------------------------------------------------------------------------------------------------

static size_t count_lines(const char *text)
{
    size_t count = *text ? 1 : 0;
    for (; *text; text++) count += *text == '\n';
    return count;
}

static void note_invalid(story_list_t *self, const char *path, const char *mistakes)
{
    self->invalid = realloc(self->invalid, (self->invalid_count + 1) * sizeof *self->invalid);
    assert(self->invalid);
    story_list_invalid_t *invalid = &self->invalid[self->invalid_count++];
    *invalid = (story_list_invalid_t){strdup(path), strdup(mistakes), self->count};
    assert(invalid->path && invalid->mistakes);
}

// More than there is room for are counted only (bus/base/error.h).
static void tell(story_list_t *self, const char *path, const error_t *error)
{
    if (error->count == 0) return;
    note_invalid(self, path, error->text);
    fprintf(stderr, "%s\n", error->text);
    if (error->count == 1) return;
    size_t told = count_lines(error->text);
    fprintf(stderr, "%zu mistakes", error->count);
    if (told < error->count) fprintf(stderr, ", %zu of them told here", told);
    fputc('\n', stderr);
}

// A name is unique among the stories of a directory, so that a report says which one is meant: that other story, or
// null.
static const story_t *note_name(story_list_t *self, const story_t *story)
{
    const char *slash = strrchr(story->path, '/');
    int length = slash ? (int)(slash - story->path) + 1 : 0;
    size_t size = (size_t)length + strlen(story->name) + 2;
    char *key = malloc(size);
    assert(key);
    snprintf(key, size, "%.*s\n%s", length, story->path, story->name);
    int64_t *number = text_map_add(self->names, key); // of the story of that name, from 1
    free(key);
    const story_t *namesake = *number > 0 ? self->stories[*number - 1] : NULL;
    if (!namesake) *number = (int64_t)self->count + 1;
    return namesake && strcmp(namesake->path, story->path) != 0 ? namesake : NULL;
}

static void keep_story(story_list_t *self, const story_t *story, error_t *error)
{
    const story_t *namesake = note_name(self, story);
    const story_place_t *place = &story->name_place;
    if (namesake) {
        error_add(error, "%s:%u:%u: %s: \"%s\" is the name of %s already", place->file, place->line, place->column,
                  place->pointer, story->name, namesake->path);
        return;
    }
    self->stories = realloc(self->stories, (self->count + 1) * sizeof(const story_t *));
    assert(self->stories);
    self->stories[self->count++] = story;
}

static void keep_set(story_list_t *self, story_set_t *set)
{
    self->sets = realloc(self->sets, (self->set_count + 1) * sizeof(story_set_t *));
    assert(self->sets);
    self->sets[self->set_count++] = set;
}

// A directory has beside its stories what these use.
static bool is_part(story_list_t *self, const char *path)
{
    if (story_set_kind_of(path) == STORY_FILE_OF_STORIES) return false;
    self->parts = realloc(self->parts, (self->part_count + 1) * sizeof(char *));
    assert(self->parts);
    char *copy = self->parts[self->part_count++] = strdup(path);
    assert(copy);
    return true;
}

static void load_file(story_list_t *self, const char *path, bool searched)
{
    error_t error;
    error_clear(&error);
    const story_world_t world = {&play_vocabulary, self->garage};
    story_set_t *set = story_set_load(path, &world, &error);
    if (!set && searched && is_part(self, path)) return;
    if (set) keep_set(self, set);
    for (size_t i = 0; set && i < story_set_count(set); i++) keep_story(self, story_set_story(set, i), &error);
    tell(self, path, &error);
}

static bool is_used(const story_list_t *self, const char *path)
{
    for (size_t i = 0; i < self->set_count; i++)
        if (story_set_reads(self->sets[i], path)) return true;
    return false;
}

static void tell_unused_parts(const story_list_t *self)
{
    for (size_t i = 0; i < self->part_count; i++)
        if (!is_used(self, self->parts[i]))
            fprintf(stderr, "%s: warning: is no story, and none uses it\n", self->parts[i]);
}

static bool ends_with(const char *text, const char *end)
{
    size_t text_length = strlen(text), end_length = strlen(end);
    return text_length >= end_length && strcmp(text + text_length - end_length, end) == 0;
}

// ---- directories ---------------------------------------------------------------------------------------------------

typedef struct {
    story_list_t *list;
    size_t count;
    char **paths;
} search_t;

static void tell_directory(story_list_t *self, const char *directory, const char *problem)
{
    fprintf(stderr, "%s: %s\n", directory, problem);
    note_invalid(self, directory, problem);
}

static void keep_path(search_t *self, const char *path)
{
    self->paths = realloc(self->paths, (self->count + 1) * sizeof(char *));
    assert(self->paths);
    char *copy = self->paths[self->count++] = strdup(path);
    assert(copy);
}

static void search_directory(search_t *self, const char *directory);

// A pipe of that name is no story. A link to a directory may lead in a circle, or to the same stories again.
static void search_entry(search_t *self, const char *path)
{
    struct stat status, target;
    if (lstat(path, &status) != 0 || stat(path, &target) != 0)
        target = (struct stat){.st_mode = S_IFREG}; // told when read
    bool is_link = S_ISLNK(status.st_mode);
    if (S_ISDIR(target.st_mode) && is_link)
        fprintf(stderr, "%s: a link to a directory, not followed\n", path);
    else if (S_ISDIR(target.st_mode))
        search_directory(self, path);
    else if (S_ISREG(target.st_mode) && ends_with(path, ".json") && !ends_with(path, ".schema.json"))
        keep_path(self, path);
}

static void search_directory(search_t *self, const char *directory)
{
    DIR *stream = opendir(directory);
    if (!stream) {
        tell_directory(self->list, directory, strerror(errno));
        return;
    }
    for (const struct dirent *entry; (entry = readdir(stream));) {
        char path[PATH_TEXT_MAX + 1];
        if (entry->d_name[0] == '.') continue;
        int wrote =
            snprintf(path, sizeof path, "%s%s%s", directory, ends_with(directory, "/") ? "" : "/", entry->d_name);
        if (wrote > 0 && (size_t)wrote < sizeof path) {
            search_entry(self, path);
            continue;
        }
        tell_directory(self->list, directory, "the path is too long");
    }
    closedir(stream);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b); // strcoll would follow the locale
}

// All that is to be found at any depth is found before anything is read, and read in the order of the paths.
static void load_directory(story_list_t *self, const char *directory)
{
    search_t search = {.list = self};
    size_t invalid_count = self->invalid_count;
    search_directory(&search, directory);
    if (search.count > 0) qsort(search.paths, search.count, sizeof *search.paths, by_path);
    if (search.count == 0 && self->invalid_count == invalid_count)
        tell_directory(self, directory, "no scenario (*.json) in this directory");
    for (size_t i = 0; i < search.count; i++) {
        load_file(self, search.paths[i], true);
        free(search.paths[i]);
    }
    free(search.paths);
}

void story_list_load(story_list_t *self, char *const *operands, int operand_count)
{
    *self = (story_list_t){.garage = garage_new(), .names = text_map_new()};
    for (int i = 0; i < operand_count; i++) {
        struct stat status;
        if (stat(operands[i], &status) == 0 && S_ISDIR(status.st_mode))
            load_directory(self, operands[i]);
        else
            load_file(self, operands[i], false);
    }
    tell_unused_parts(self);
}

void story_list_destroy(story_list_t *self)
{
    for (size_t i = 0; i < self->set_count; i++) story_set_destroy(&self->sets[i]);
    for (size_t i = 0; i < self->part_count; i++) free(self->parts[i]);
    free(self->parts);
    free(self->sets);
    free(self->stories);
    for (size_t i = 0; i < self->invalid_count; i++) {
        free(self->invalid[i].path);
        free(self->invalid[i].mistakes);
    }
    free(self->invalid);
    text_map_destroy(&self->names);
    garage_destroy(&self->garage);
}

// ---- cars ----------------------------------------------------------------------------------------------------------

// The same car of many stories is told once.
bool story_list_check_cars(const story_list_t *list, error_t *error)
{
    const vehicle_t *last = NULL;
    bool good = true;
    for (size_t i = 0; i < list->count && good; i++) {
        const story_t *story = list->stories[i];
        if (story->vehicle != last) good = units_check(story->vehicle, story->dbc, error);
        last = story->vehicle;
    }
    return good;
}

// ---- covers --------------------------------------------------------------------------------------------------------

static bool covers(const story_t *story, const char *requirement)
{
    for (size_t i = 0; i < story->cover_count; i++)
        if (strcmp(story->covers[i], requirement) == 0) return true;
    return false;
}

typedef struct {
    size_t length;
    const char *text; // not terminated
} item_t;

// The item of a comma-separated list at *rest, which then stands behind it (null: that was the last).
static item_t next_item(const char **rest)
{
    item_t item = {strcspn(*rest, ","), *rest};
    *rest = (*rest)[item.length] ? *rest + item.length + 1 : NULL;
    return item;
}

static bool is_item(const item_t *item, const char *requirement)
{
    return strlen(requirement) == item->length && memcmp(item->text, requirement, item->length) == 0;
}

static size_t count_in_list(const char *list, const char *requirement)
{
    size_t count = 0;
    while (list) {
        item_t item = next_item(&list);
        count += is_item(&item, requirement);
    }
    return count;
}

bool story_list_has_item(const char *list, const char *item)
{
    return count_in_list(list, item) > 0;
}

// ---- requirements --------------------------------------------------------------------------------------------------

typedef struct { // the simulator's, behind them those that files bring along
    size_t count;
    char **names;
} requirements_t;

static bool has_requirement(const requirements_t *self, const item_t *item)
{
    for (size_t i = 0; i < self->count; i++)
        if (is_item(item, self->names[i])) return true;
    return false;
}

static void add_requirement(requirements_t *self, text_set_t *known, const char *name)
{
    if (!text_set_add(known, name)) return;
    self->names = realloc(self->names, (self->count + 1) * sizeof(char *));
    assert(self->names);
    char *copy = self->names[self->count++] = strdup(name);
    assert(copy);
}

static requirements_t collect_requirements(const story_list_t *list)
{
    requirements_t self = {.count = 0};
    text_set_t known = {.count = 0};
    const char *sentence;
    for (size_t i = 0; i < REQUIREMENT_COUNT; i++) add_requirement(&self, &known, REQUIREMENTS[i].name);
    for (size_t set = 0; set < list->set_count; set++)
        for (size_t i = 0; i < story_set_requirement_count(list->sets[set]); i++)
            add_requirement(&self, &known, story_set_requirement(list->sets[set], i, &sentence));
    text_set_destroy(&known);
    return self;
}

static void forget_requirements(requirements_t *self)
{
    for (size_t i = 0; i < self->count; i++) free(self->names[i]);
    free(self->names);
}

static bool check_required(const requirements_t *self, const char *list, error_t *error)
{
    while (list) {
        item_t item = next_item(&list);
        char *name = strndup(item.text, item.length);
        assert(name);
        if (!has_requirement(self, &item))
            error_add(error, "--require: unknown requirement \"%s\" (R1 to R%d, S1 to S%d%s)", name,
                      REQUIREMENTS_OF_THE_CAR, REQUIREMENTS_OF_THE_SIMULATOR,
                      self->count > REQUIREMENT_COUNT ? ", and the project's own" : "");
        else if (count_in_list(list, name) > 0)
            error_add(error, "--require: %s is there twice", name);
        free(name);
    }
    return error->count == 0;
}

// Up to the last slash among so many characters of the path.
static size_t directory_length(const char *path, size_t length)
{
    while (length > 0 && path[length - 1] != '/') length--;
    return length;
}

// How much of all paths is the same directory: that need not be told in each row.
static size_t common_directory(const story_list_t *self)
{
    if (self->count == 0) return 0;
    const char *first = self->stories[0]->path;
    size_t length = directory_length(first, strlen(first));
    for (size_t i = 1; i < self->count; i++)
        while (length > 0 && strncmp(first, self->stories[i]->path, length) != 0)
            length = directory_length(first, length - 1);
    return length;
}

// One row of the table; true when there is a story.
static bool print_row(const story_list_t *self, const char *requirement, bool required)
{
    size_t found = 0, known = common_directory(self);
    const char *last = "";
    for (size_t i = 0; i < self->count; i++) {
        const char *path = self->stories[i]->path;
        if (strcmp(path, last) == 0 || !covers(self->stories[i], requirement)) continue;
        last = path; // many stories of a file are told by it once
        if (found++ == 0) printf("%-4s", requirement);
        printf("%s%s", found > 1 ? ", " : " ", path + known);
    }
    if (found > 0)
        printf("\n");
    else if (required)
        printf("%-4s no story\n", requirement);
    return found > 0;
}

bool story_list_print_covers(const story_list_t *self, const char *required, size_t *missing, error_t *error)
{
    requirements_t requirements = collect_requirements(self);
    bool good = check_required(&requirements, required, error);
    *missing = 0;
    for (size_t i = 0; good && i < requirements.count; i++) {
        bool is_required = count_in_list(required, requirements.names[i]) > 0;
        if (!print_row(self, requirements.names[i], is_required) && is_required) ++*missing;
    }
    forget_requirements(&requirements);
    return good;
}

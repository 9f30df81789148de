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

#define PATH_TEXT_MAX 8191

// ---- loading -------------------------------------------------------------------------------------------------------

static size_t count_lines(const char *text)
{
    size_t count = *text ? 1 : 0;
    for (; *text; text++) count += *text == '\n';
    return count;
}

// More than there is room for are counted only (bus/base/error.h).
static void tell(story_list_t *self, const error_t *error)
{
    if (error->count == 0) return;
    self->invalid_count++;
    fprintf(stderr, "%s\n", error->text);
    if (error->count == 1) return;
    size_t told = count_lines(error->text);
    fprintf(stderr, "%zu mistakes", error->count);
    if (told < error->count) fprintf(stderr, ", %zu of them told here", told);
    fputc('\n', stderr);
}

// A name is unique among the stories of a directory, which are neighbours in the list.
static const story_t *find_namesake(const story_list_t *self, const story_t *story)
{
    const char *slash = strrchr(story->path, '/');
    size_t length = slash ? (size_t)(slash - story->path) + 1 : 0;
    for (size_t i = 0; i < self->count; i++) {
        const story_t *other = self->stories[i];
        bool same_directory = strncmp(other->path, story->path, length) == 0 && !strchr(other->path + length, '/');
        if (same_directory && strcmp(other->path, story->path) != 0 && strcmp(other->name, story->name) == 0)
            return other;
    }
    return NULL;
}

static void load_file(story_list_t *self, const char *path)
{
    error_t error;
    error_clear(&error);
    const story_world_t world = {&play_vocabulary, self->garage};
    const story_t *story = story_load(path, &world, &error);
    const story_t *namesake = story ? find_namesake(self, story) : NULL;
    if (namesake) error_add(&error, "%s: /name: \"%s\" is the name of %s already", path, story->name, namesake->path);
    if (story) {
        self->stories = realloc(self->stories, (self->count + 1) * sizeof(const story_t *));
        assert(self->stories);
        self->stories[self->count++] = story;
    }
    tell(self, &error);
}

static bool ends_with(const char *text, const char *end)
{
    size_t text_length = strlen(text), end_length = strlen(end);
    return text_length >= end_length && strcmp(text + text_length - end_length, end) == 0;
}

// A pipe or directory of that name is no story; a file system need not tell what it is.
static int is_story(const struct dirent *entry)
{
    bool file = entry->d_type == DT_REG || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
    return file && entry->d_name[0] != '.' && ends_with(entry->d_name, ".json") &&
           !ends_with(entry->d_name, ".schema.json");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); // alphasort would follow the locale
}

static void load_directory(story_list_t *self, const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_story, by_name);
    if (count <= 0) {
        fprintf(stderr, "%s: %s\n", directory, count < 0 ? strerror(errno) : "no scenario (*.json) in this directory");
        self->invalid_count++;
    }
    for (int i = 0; i < count; i++) {
        char path[PATH_TEXT_MAX + 1];
        snprintf(path, sizeof path, "%s%s%s", directory, ends_with(directory, "/") ? "" : "/", entries[i]->d_name);
        load_file(self, path);
        free(entries[i]);
    }
    if (count >= 0) free(entries);
}

void story_list_load(story_list_t *self, char *const *operands, int operand_count)
{
    *self = (story_list_t){.garage = garage_new()};
    for (int i = 0; i < operand_count; i++) {
        struct stat status;
        if (stat(operands[i], &status) == 0 && S_ISDIR(status.st_mode))
            load_directory(self, operands[i]);
        else
            load_file(self, operands[i]);
    }
}

void story_list_destroy(story_list_t *self)
{
    for (size_t i = 0; i < self->count; i++) story_destroy(&self->stories[i]);
    free(self->stories);
    garage_destroy(&self->garage);
}

// ---- covers --------------------------------------------------------------------------------------------------------

static bool covers(const story_t *story, const char *requirement)
{
    for (size_t i = 0; i < story->cover_count; i++)
        if (strcmp(story->covers[i], requirement) == 0) return true;
    return false;
}

// Whether the requirement stands in the comma-separated list.
static bool is_listed(const char *list, const char *requirement)
{
    size_t length = strlen(requirement);
    for (const char *item = list; item; item = strchr(item, ',') ? strchr(item, ',') + 1 : NULL)
        if (strncmp(item, requirement, length) == 0 && (item[length] == ',' || item[length] == '\0')) return true;
    return false;
}

static size_t count_items(const char *list)
{
    size_t count = list && *list ? 1 : 0;
    for (const char *c = list; c && *c; c++) count += *c == ',';
    return count;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// One row of the table; true when there is a story.
static bool print_row(const story_list_t *self, const char *requirement, bool required)
{
    size_t found = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (!covers(self->stories[i], requirement)) continue;
        if (found++ == 0) printf("%-4s", requirement);
        printf("%s%s", found > 1 ? ", " : " ", file_name(self->stories[i]->path));
    }
    if (found > 0)
        printf("\n");
    else if (required)
        printf("%-4s no story\n", requirement);
    return found > 0;
}

bool story_list_print_covers(const story_list_t *self, const char *required, size_t *missing, error_t *error)
{
    size_t known = 0;
    *missing = 0;
    for (int i = 1; i <= STORY_CAR_REQUIREMENTS + STORY_SIMULATOR_REQUIREMENTS; i++) {
        char requirement[16];
        bool car = i <= STORY_CAR_REQUIREMENTS;
        snprintf(requirement, sizeof requirement, "%c%d", car ? 'R' : 'S', car ? i : i - STORY_CAR_REQUIREMENTS);
        bool is_required = required && is_listed(required, requirement);
        if (is_required) known++;
        if (!print_row(self, requirement, is_required) && is_required) ++*missing;
    }
    if (known == count_items(required)) return true;
    return error_add(error, "--require: \"%s\" is no list of different requirements like R1,R2", required);
}

// SPDX-License-Identifier: MIT
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bus/files/text_file.h"
#include "scenarios/story/story_parts.h"

#define FILE_SIZE_MAX ((size_t)64 << 20)
#define SOURCES_MAX 1000

static char *copy(const char *text)
{
    char *same = strdup(text);
    assert(same);
    return same;
}

static story_source_t *add(story_sources_t *self, const char *path)
{
    story_source_t *source = calloc(1, sizeof *source);
    assert(source);
    source->path = copy(path);
    source->next = self->first;
    self->first = source;
    self->count++;
    return source;
}

// Takes the text.
static bool read_text(story_source_t *self, char *text, size_t size, error_t *error)
{
    self->text = text;
    self->json = text ? json_reader_parse(self->path, text, size, error) : NULL;
    if (self->json) self->places = json_places_new(text, size);
    return self->json;
}

static bool read_file(story_source_t *self, error_t *error)
{
    size_t size = 0;
    char *text = text_file_read(self->path, FILE_SIZE_MAX, &size, error);
    return read_text(self, text, size, error);
}

const story_source_t *story_source_load(story_sources_t *self, const char *path, error_t *error)
{
    story_source_t *source = add(self, path);
    struct stat status;
    if (stat(path, &status) == 0) {
        source->device = status.st_dev;
        source->inode = status.st_ino;
    }
    return read_file(source, error) ? source : NULL;
}

const story_source_t *story_source_parse(story_sources_t *self, const char *path, const char *text, size_t size,
                                         error_t *error)
{
    char *same = malloc(size + 1);
    assert(same);
    memcpy(same, text, size);
    story_source_t *source = add(self, path);
    return read_text(source, same, size, error) ? source : NULL;
}

// ---- files that others name ----------------------------------------------------------------------------------------

// "steps/unlock.json" of "scenarios/welcome.json" is "scenarios/steps/unlock.json".
static char *path_beside(const char *other, const char *path)
{
    const char *slash = *path == '/' ? NULL : strrchr(other, '/');
    size_t length = slash ? (size_t)(slash - other) + 1 : 0, size = length + strlen(path) + 1;
    char *joined = malloc(size);
    assert(joined);
    snprintf(joined, size, "%.*s%s", (int)length, other, path);
    return joined;
}

static story_source_t *find(const story_sources_t *self, const char *path, const struct stat *status)
{
    story_source_t *source = self->first;
    for (; source; source = source->next)
        if (status ? source->inode == status->st_ino && source->device == status->st_dev
                   : strcmp(source->path, path) == 0)
            return source;
    return NULL;
}

static void keep_reason(story_source_t *self, const char *reason)
{
    size_t size = strlen(self->path) + strlen(reason) + 3;
    self->why = malloc(size);
    assert(self->why);
    snprintf(self->why, size, "%s: %s", self->path, reason);
}

// status: null, it is not there.
static story_source_t *read_beside(story_sources_t *self, const char *path, const struct stat *status, int reason)
{
    story_source_t *source = add(self, path);
    error_t error;
    error_clear(&error);
    if (status) {
        source->device = status->st_dev;
        source->inode = status->st_ino;
    }
    if (self->count > SOURCES_MAX)
        keep_reason(source, "is one file more than stories can be read from");
    else if (!status)
        keep_reason(source, strerror(reason));
    else if (!S_ISREG(status->st_mode)) // a pipe would let us wait for whoever writes into it
        keep_reason(source, "is no file");
    else if (!read_file(source, &error))
        source->why = copy(error.text);
    return source;
}

const story_source_t *story_source_beside(story_sources_t *self, const story_source_t *other, const char *path)
{
    char *joined = path_beside(other->path, path);
    struct stat status;
    bool there = stat(joined, &status) == 0;
    int reason = errno;
    story_source_t *source = find(self, joined, there ? &status : NULL);
    if (!source && self->count > SOURCES_MAX) source = self->first; // the one too many stands for all others
    if (!source) source = read_beside(self, joined, there ? &status : NULL, reason);
    free(joined);
    return source;
}

void story_sources_destroy(story_sources_t *self)
{
    while (self->first) {
        story_source_t *source = self->first;
        self->first = source->next;
        json_decref(source->json);
        json_places_destroy(&source->places);
        free(source->why);
        free(source->text);
        free(source->path);
        free(source);
    }
}

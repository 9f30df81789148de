// SPDX-License-Identifier: MIT
#include "bus/files/state_directory.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bus/files/image_file.h"
#include "bus/base/time.h"

#define PATH_SIZE 4096
#define NAME_SIZE 256
#define WRITING ".json.writing"
#define PROBE "probe" WRITING
#define LOCK_ATTEMPTS 20
#define LOCK_PAUSE_NS (10 * TIME_MS)
#define ASIDE_MAX 10000

struct state_directory {
    const file_layer_t *layer;
    char path[PATH_SIZE];
    int directory; // locked
};

// A file's name in the directory; where it is, for messages only.
static bool put_name(const char *node, const char *end, char name[NAME_SIZE])
{
    int length = snprintf(name, NAME_SIZE, "%s%s", node, end);
    return length < NAME_SIZE;
}

static bool fail(error_t *error, const char *path, const char *what)
{
    return error_add(error, "%s: %s: %s", path, what, strerror(errno));
}

static bool fail_file(const state_directory_t *self, const char *name, const char *what, error_t *error)
{
    return error_add(error, "%s/%s: %s: %s", self->path, name, what, strerror(errno));
}

static bool fail_name(const state_directory_t *self, const char *node, error_t *error)
{
    return error_add(error, "%s/%.40s…: the name is too long", self->path, node);
}

// ---- storing -------------------------------------------------------------------------------------------------------

static bool sync_file(const state_directory_t *self, int file)
{
    int result;
    do result = self->layer->fsync(self->layer->self, file);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

static bool write_all(const state_directory_t *self, int file, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t wrote = self->layer->write(self->layer->self, file, text, size);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote == 0) errno = ENOSPC; // a write of something that wrote nothing would be tried for ever
        if (wrote <= 0) return false;
        text += wrote;
        size -= (size_t)wrote;
    }
    return true;
}

static int open_new(const state_directory_t *self, const char *name)
{
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    int file;
    do file = self->layer->open(self->layer->self, self->directory, name, flags, 0600);
    while (file < 0 && errno == EINTR);
    return file;
}

// The file is closed in any case; close reports what a network file system could not write.
static bool fill(const state_directory_t *self, int file, const char *text, size_t size)
{
    bool good = write_all(self, file, text, size) && sync_file(self, file);
    int reason = errno;
    if (self->layer->close(self->layer->self, file) != 0 && errno != EINTR && good) return false;
    errno = reason;
    return good;
}

static void remove_file(const state_directory_t *self, const char *name)
{
    int reason = errno;
    self->layer->unlink(self->layer->self, self->directory, name); // one that stays is removed by the next run
    errno = reason;
}

static int rename_file(const state_directory_t *self, const char *from, const char *to)
{
    return self->layer->rename(self->layer->self, self->directory, from, to);
}

static bool replace(const state_directory_t *self, const char *node, const char *text, size_t size, error_t *error)
{
    char name[NAME_SIZE], writing[NAME_SIZE];
    if (!put_name(node, ".json", name) || !put_name(node, WRITING, writing)) return fail_name(self, node, error);
    int file = open_new(self, writing);
    if (file < 0) return fail_file(self, writing, "cannot be written", error);
    if (!fill(self, file, text, size)) {
        remove_file(self, writing);
        return fail_file(self, writing, "cannot be written", error);
    }
    if (rename_file(self, writing, name) != 0) {
        remove_file(self, writing);
        return fail_file(self, name, "cannot be replaced", error);
    }
    return sync_file(self, self->directory) || fail_file(self, name, "cannot be made durable", error);
}

bool state_directory_store(state_directory_t *self, const char *node, const image_t *image, error_t *error)
{
    size_t size;
    char *text = image_file_format(node, image, &size, error);
    bool good = text && replace(self, node, text, size, error);
    free(text);
    return good;
}

// ---- loading -------------------------------------------------------------------------------------------------------

// Returns a new text; null with the error told, or without when there is no such file.
static char *read_file(const state_directory_t *self, const char *name, size_t *size, error_t *error)
{
    struct stat status;
    int file =
        openat(self->directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC); // what is no regular file must not hold us up
    if (file < 0) {
        if (errno != ENOENT) fail_file(self, name, "cannot be read", error);
        return NULL;
    }
    bool regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    char *text = malloc(IMAGE_FILE_SIZE_MAX + 1); // one more: too long is seen
    assert(text);
    ssize_t got = 1;
    for (*size = 0; regular && got > 0 && *size <= IMAGE_FILE_SIZE_MAX;) {
        do got = read(file, text + *size, IMAGE_FILE_SIZE_MAX + 1 - *size);
        while (got < 0 && errno == EINTR);
        if (got > 0) *size += (size_t)got;
    }
    if (!regular) error_add(error, "%s/%s: is no regular file", self->path, name);
    if (got < 0) fail_file(self, name, "cannot be read", error);
    close(file);
    if (regular && got >= 0) return text;
    free(text);
    return NULL;
}

static bool set_aside(const state_directory_t *self, const char *name, const char *word, char aside[NAME_SIZE],
                      error_t *error)
{
    struct stat status;
    for (int number = 1; number <= ASIDE_MAX; number++) {
        int length = snprintf(aside, NAME_SIZE, "%s.%s-%d", name, word, number);
        if (length >= NAME_SIZE) return fail_name(self, name, error);
        if (fstatat(self->directory, aside, &status, AT_SYMLINK_NOFOLLOW) == 0) continue;
        if (errno != ENOENT) return fail_file(self, aside, "cannot be looked for", error);
        if (rename_file(self, name, aside) != 0) return fail_file(self, name, "cannot be set aside", error);
        return sync_file(self, self->directory) || fail_file(self, aside, "cannot be made durable", error);
    }
    return error_add(error, "%s/%s: %d files are set aside already", self->path, name, ASIDE_MAX);
}

static bool tell_aside(const state_directory_t *self, const char *name, const char *word, const char *reason,
                       error_t *notice, error_t *error)
{
    char aside[NAME_SIZE];
    if (!set_aside(self, name, word, aside, error)) return false;
    error_add(notice, "%s/%s: cannot be used: %s; it is set aside as %s/%s", self->path, name, reason, self->path,
              aside);
    return true;
}

bool state_directory_load(state_directory_t *self, const char *node, image_t *image, image_state_t *state,
                          error_t *notice, error_t *error)
{
    static const char *const WORDS[IMAGE_FILE_VERDICT_COUNT] = {
        [IMAGE_FILE_DAMAGED] = "damaged", [IMAGE_FILE_NEWER] = "newer", [IMAGE_FILE_FOREIGN] = "foreign"};
    char name[NAME_SIZE];
    size_t size, mistakes = error->count;
    image_clear(image);
    *state = IMAGE_NONE;
    if (!put_name(node, ".json", name)) return fail_name(self, node, error);
    char *text = read_file(self, name, &size, error);
    if (!text) return error->count == mistakes;
    const char *reason;
    image_file_verdict_t verdict = image_file_parse(text, size, node, image, &reason);
    free(text);
    *state = verdict == IMAGE_FILE_GOOD ? IMAGE_PRESENT : verdict == IMAGE_FILE_NEWER ? IMAGE_NEWER : IMAGE_DAMAGED;
    if (verdict == IMAGE_FILE_GOOD) return true;
    return tell_aside(self, name, WORDS[verdict], reason, notice, error);
}

bool state_directory_refuse(state_directory_t *self, const char *node, const char *reason, error_t *notice,
                            error_t *error)
{
    char name[NAME_SIZE];
    return (put_name(node, ".json", name) || fail_name(self, node, error)) &&
           tell_aside(self, name, "damaged", reason, notice, error);
}

// ---- the directory -------------------------------------------------------------------------------------------------

// A run that was killed while it started a process may leave its lock to that process for a moment.
static bool lock(int directory)
{
    for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
        if (flock(directory, LOCK_EX | LOCK_NB) == 0) return true;
        if (errno != EWOULDBLOCK && errno != EINTR) return false;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
    }
    errno = EWOULDBLOCK;
    return false;
}

static bool ends_with(const char *text, const char *end)
{
    size_t text_length = strlen(text), end_length = strlen(end);
    return text_length > end_length && strcmp(text + text_length - end_length, end) == 0;
}

static bool remove_half_written(const state_directory_t *self, error_t *error)
{
    int handle = openat(self->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = handle < 0 ? NULL : fdopendir(handle);
    if (!directory) return fail(error, self->path, "cannot be read");
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(directory));)
        if (ends_with(entry->d_name, WRITING))
            good = self->layer->unlink(self->layer->self, self->directory, entry->d_name) == 0 ||
                   fail_file(self, entry->d_name, "cannot be removed", error);
    closedir(directory);
    return good;
}

// Asking for permissions says nothing of a full disk or of what is mounted read-only for this user.
static bool try_to_write(const state_directory_t *self, error_t *error)
{
    int file = open_new(self, PROBE);
    if (file < 0) return fail(error, self->path, "cannot be written to");
    bool good = fill(self, file, PROBE, strlen(PROBE)) || fail(error, self->path, "cannot be written to");
    remove_file(self, PROBE);
    return good;
}

static bool make_directory(const char *path, error_t *error)
{
    if (mkdir(path, 0777) != 0) return errno == EEXIST || fail(error, path, "cannot be made");
    char above[PATH_SIZE + 4];
    snprintf(above, sizeof above, "%s/..", path);
    int parent = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = parent >= 0 && fsync(parent) == 0;
    if (!good) fail(error, path, "cannot be made durable");
    if (parent >= 0) close(parent);
    return good;
}

static bool open_directory(state_directory_t *self, error_t *error)
{
    if (!make_directory(self->path, error)) return false;
    self->directory = open(self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->directory < 0) return fail(error, self->path, "cannot be opened");
    if (!lock(self->directory)) {
        if (errno != EWOULDBLOCK) return fail(error, self->path, "cannot be locked");
        return error_add(error, "%s: another run is using this memory", self->path);
    }
    return remove_half_written(self, error) && try_to_write(self, error);
}

state_directory_t *state_directory_new(const char *path, const file_layer_t *layer, error_t *error)
{
    state_directory_t *self = calloc(1, sizeof *self);
    assert(self);
    self->layer = layer ? layer : &file_layer_system;
    self->directory = -1;
    int length = snprintf(self->path, sizeof self->path, "%s", path);
    bool fits = length > 0 && length < PATH_SIZE;
    if (!fits) error_add(error, "\"%.100s\": must be the path of a directory", path);
    if (!fits || !open_directory(self, error)) state_directory_destroy(&self);
    return self;
}

void state_directory_destroy(state_directory_t **self_p)
{
    state_directory_t *self = *self_p;
    if (!self) return;
    if (self->directory >= 0) close(self->directory);
    free(self);
    *self_p = NULL;
}

const char *state_directory_file(const state_directory_t *self, const char *node, char *text, size_t size)
{
    snprintf(text, size, "%s/%s.json", self->path, node);
    return text;
}

// SPDX-License-Identifier: MIT
#include "tests/scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INNER_PATH_MAX 512

void scratch_make(char path[SCRATCH_PATH_MAX])
{
    const char *parent = getenv("TMPDIR");
    if (!parent || parent[0] != '/') parent = "/tmp";
    int length = snprintf(path, SCRATCH_PATH_MAX, "%s/kmsim-XXXXXX", parent);
    if (length < SCRATCH_PATH_MAX && mkdtemp(path)) return;
    fprintf(stderr, "%s: ", parent);
    perror("no directory for a test");
    abort();
}

bool scratch_remove(const char *path)
{
    return rmdir(path) == 0;
}

void scratch_remove_all(const char *path)
{
    DIR *stream = opendir(path);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        char inner[INNER_PATH_MAX];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        snprintf(inner, sizeof inner, "%.200s/%.200s", path, entry->d_name);
        if (unlink(inner) != 0) scratch_remove_all(inner); // a directory
    }
    if (stream) closedir(stream);
    rmdir(path);
}

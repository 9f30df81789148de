// SPDX-License-Identifier: MIT
// The system calls by which a file is made durable, as a table, so that a test can let each of them fail.
#ifndef KMSIM_BUS_FILES_FILE_LAYER_H
#define KMSIM_BUS_FILES_FILE_LAYER_H

#include <stddef.h>
#include <sys/types.h>

/// As the system calls of those names: a negative result and errno for a failure. Names are those of files in an open
/// directory, which stays the same one wherever it is moved to.
typedef struct {
    void *self; // what every function gets
    int (*open)(void *self, int directory, const char *name, int flags, mode_t mode);
    ssize_t (*write)(void *self, int file, const void *bytes, size_t size);
    int (*fsync)(void *self, int file);
    int (*close)(void *self, int file);
    int (*rename)(void *self, int directory, const char *from, const char *to);
    int (*unlink)(void *self, int directory, const char *name);
} file_layer_t;

/// The operating system's.
extern const file_layer_t file_layer_system;

#endif

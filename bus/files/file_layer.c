// SPDX-License-Identifier: MIT
#include "bus/files/file_layer.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int system_open(void *self, int directory, const char *name, int flags, mode_t mode)
{
    (void)self;
    return openat(directory, name, flags, mode);
}

static ssize_t system_write(void *self, int file, const void *bytes, size_t size)
{
    (void)self;
    return write(file, bytes, size);
}

static int system_fsync(void *self, int file)
{
    (void)self;
    return fsync(file);
}

static int system_close(void *self, int file)
{
    (void)self;
    return close(file);
}

static int system_rename(void *self, int directory, const char *from, const char *to)
{
    (void)self;
    return renameat(directory, from, directory, to);
}

static int system_unlink(void *self, int directory, const char *name)
{
    (void)self;
    return unlinkat(directory, name, 0);
}

const file_layer_t file_layer_system = {
    .open = system_open,
    .write = system_write,
    .fsync = system_fsync,
    .close = system_close,
    .rename = system_rename,
    .unlink = system_unlink,
};

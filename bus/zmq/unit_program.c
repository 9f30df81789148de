// SPDX-License-Identifier: MIT
#include "bus/zmq/unit_program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool can_run(const char *directory, size_t length, const char *name, char program[UNIT_PROGRAM_PATH_MAX + 1])
{
    int wrote = snprintf(program, UNIT_PROGRAM_PATH_MAX + 1, "%.*s%s%s", (int)length, directory,
                         length > 0 && directory[length - 1] != '/' ? "/" : "", name);
    if (wrote >= 0 && wrote <= UNIT_PROGRAM_PATH_MAX) return access(program, X_OK) == 0;
    errno = ENAMETOOLONG;
    return false;
}

// An empty item of the list would be the present directory: nobody means that.
static bool find_in_list(const char *list, const char *name, char program[UNIT_PROGRAM_PATH_MAX + 1])
{
    for (size_t length; *list; list += length + (list[length] == ':')) {
        length = strcspn(list, ":");
        if (length > 0 && can_run(list, length, name, program)) return true;
    }
    return false;
}

static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool fail(const vehicle_node_t *unit, const char *program, const char *also, error_t *error)
{
    return error_add(error, "%s: cannot start %s: %s%s%s", unit->name, program, strerror(errno),
                     *also ? "; nor is it in KMSIM_UNITS, " : "", also);
}

bool unit_program_find(const vehicle_t *vehicle, const vehicle_node_t *unit, const char *directory,
                       char program[UNIT_PROGRAM_PATH_MAX + 1], error_t *error)
{
    if (*unit->program) {
        size_t length = *unit->program == '/' ? 0 : directory_length(vehicle->path);
        return can_run(vehicle->path, length, unit->program, program) || fail(unit, program, "", error);
    }
    const char *list = getenv("KMSIM_UNITS");
    if (!list) list = "";
    if (can_run(directory, strlen(directory), unit->executable, program)) return true;
    if (find_in_list(list, unit->executable, program)) return true;
    can_run(directory, strlen(directory), unit->executable, program); // where it should have been, and why it is not
    return fail(unit, program, list, error);
}

// SPDX-License-Identifier: MIT
// The main program of every unit that is built in (tools/units.c): it is the one whose name it has. So all of them are
// the same program under several names, and a new unit gets its own by its row.
#include <stdio.h>
#include <string.h>

#include "bus/zmq/runner.h"
#include "bus/zmq/runner_options.h"
#include "tools/units.h"

// The name by which we were begun, without its directory: a debugger or valgrind before us hands it on.
static const char *own_name(int argc, char **argv)
{
    const char *path = argc > 0 ? argv[0] : "";
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int refuse(const char *name)
{
    fprintf(stderr, "\"%s\" is no control unit; a unit's program must be called by one of the names", name);
    for (size_t i = 0; units_at(i); i++) fprintf(stderr, " %s", units_at(i)->name);
    fprintf(stderr, "\n");
    return RUNNER_USAGE;
}

int main(int argc, char **argv)
{
    const char *name = own_name(argc, argv);
    const node_class_t *class = units_find(name);
    return class ? runner_main(class, argc, argv) : refuse(name);
}

// SPDX-License-Identifier: MIT
#include "bus/zmq/connections.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bus/zmq/limits.h"

#define RESERVE 16 // descriptors for what we open ourselves meanwhile: files, pipes of processes

static atomic_uint generations[CONNECTIONS_MAX], turned_away;

// Descriptors are given from the lowest up: one this high says that too many are open.
static bool has_room(int descriptor)
{
    int limit = limits_open_files();
    return descriptor < (limit < CONNECTIONS_MAX ? limit : CONNECTIONS_MAX) - RESERVE;
}

// The system's name and meaning. Called by libzmq's thread; of all reasons for a failure this is one that it bears.
int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict size, int flags);

int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict size, int flags)
{
    int descriptor = (int)syscall(SYS_accept4, listener, address, size, flags);
    if (descriptor < 0 && errno != EMFILE && errno != ENFILE) return descriptor;
    if (descriptor >= 0 && has_room(descriptor)) {
        atomic_fetch_add(&generations[descriptor], 1);
        return descriptor;
    }
    if (descriptor >= 0) close(descriptor);
    atomic_fetch_add(&turned_away, 1);
    errno = ECONNABORTED;
    return -1;
}

unsigned connections_generation(int descriptor)
{
    return descriptor >= 0 && descriptor < CONNECTIONS_MAX ? atomic_load(&generations[descriptor]) : 0;
}

unsigned connections_turned_away(void)
{
    return atomic_load(&turned_away);
}

bool connections_end(int descriptor)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    if (connections_generation(descriptor) == 0) return false;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens) return false;
    return shutdown(descriptor, SHUT_RDWR) == 0;
}

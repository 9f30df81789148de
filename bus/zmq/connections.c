// SPDX-License-Identifier: MIT
#include "bus/zmq/connections.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bus/zmq/limits.h"

#define RESERVE 16 // descriptors for what we open ourselves meanwhile: files, pipes of processes

static atomic_uint generations[CONNECTIONS_MAX], turned_away;

// A message names its connection by the descriptor alone. What waits of one that was ended must not be held against the
// next one, to which the system gives the same number at once:
//
//   ended ──> libzmq closes it ──> SPENT: seen closed, nothing more is added ──> everything read ──> free again
enum { FREE, ENDED, SPENT };
static atomic_uchar states[CONNECTIONS_MAX];
static atomic_uint ended_count; // not FREE

// Descriptors are given from the lowest up: one this high says that too many are open.
static bool has_room(int descriptor)
{
    int limit = limits_open_files();
    return descriptor < (limit < CONNECTIONS_MAX ? limit : CONNECTIONS_MAX) - RESERVE;
}

// The same connection under a number that nobody's last words name, or -1.
static int moved(int descriptor)
{
    while (descriptor >= 0 && has_room(descriptor) && atomic_load(&states[descriptor]) != FREE) {
        int higher = fcntl(descriptor, F_DUPFD_CLOEXEC, descriptor + 1);
        close(descriptor);
        descriptor = higher;
    }
    return descriptor;
}

// The system's name and meaning. Called by libzmq's thread; of all reasons for a failure this is one that it bears.
int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict size, int flags);

int accept4(int listener, struct sockaddr *restrict address, socklen_t *restrict size, int flags)
{
    int descriptor = (int)syscall(SYS_accept4, listener, address, size, flags);
    if (descriptor < 0 && errno != EMFILE && errno != ENFILE) return descriptor;
    descriptor = moved(descriptor);
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
    if (shutdown(descriptor, SHUT_RDWR) != 0) return false;
    if (atomic_exchange(&states[descriptor], ENDED) == FREE) atomic_fetch_add(&ended_count, 1);
    return true;
}

void connections_settle(void)
{
    if (atomic_load(&ended_count) == 0) return;
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        unsigned char state = atomic_load(&states[i]);
        if (state == SPENT) {
            atomic_store(&states[i], FREE);
            atomic_fetch_sub(&ended_count, 1);
        } else if (state == ENDED && fcntl(i, F_GETFD) < 0) {
            atomic_store(&states[i], SPENT);
        }
    }
}

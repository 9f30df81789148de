// SPDX-License-Identifier: MIT
#include "bus/zmq/lane.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

bool lane_is(int descriptor)
{
    int kind = 0;
    socklen_t size = sizeof kind;
    return descriptor >= 0 && getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_SEQPACKET;
}

void lane_set_wait(int descriptor, int wait_ms)
{
    struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
}

// There is at most one grant on its way and one question whether somebody is there: no room is left only at one who
// does not read at all.
void lane_send(int descriptor, const uint8_t *body, size_t size)
{
    while (send(descriptor, body, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == EINTR) continue;
}

lane_result_t lane_receive(int descriptor, uint8_t *body, size_t most, size_t *size, bool waits)
{
    ssize_t got = recv(descriptor, body, most, waits ? 0 : MSG_DONTWAIT);
    if (got > 0) {
        *size = (size_t)got;
        return LANE_MESSAGE;
    }
    bool nothing = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return nothing ? LANE_NOTHING : LANE_CLOSED;
}

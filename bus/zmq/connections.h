// SPDX-License-Identifier: MIT
// Who is connected to the sockets on which we listen: no more than there is room for, and none that floods us. ZeroMQ
// accepts whoever comes, ends the process when no file is left, and lets go of nobody: so accepting is done here, by
// our own accept4, which libzmq calls in place of the system's.
//
//   somebody ──connect──> listening socket ──libzmq──> accept4 (here) ──no room──> closed at once
//                                                          └──> a connection, known by its descriptor and generation
//   floods us ──> connections_end: shut down, libzmq sees it end as if its other side had gone
//
// Not here: who floods (bus/zmq/hub_door.h).
#ifndef KMSIM_BUS_ZMQ_CONNECTIONS_H
#define KMSIM_BUS_ZMQ_CONNECTIONS_H

#include <stdbool.h>

#define CONNECTIONS_MAX 1024 // descriptors below that; what is open otherwise counts too

/// How often that descriptor has become a connection so far, 0: never, or it is none that can be.
unsigned connections_generation(int descriptor);

/// How many found no room.
unsigned connections_turned_away(void);

/// Ends a connection that was accepted; whatever else the descriptor may be by now stays. Whether there was one. No
/// later connection gets its descriptor before connections_settle: what it said last may still wait to be read.
bool connections_end(int descriptor);

/// Everything that waited has been read: to be called then. A descriptor that was seen closed the last time may be
/// given to somebody else again.
void connections_settle(void);

#endif

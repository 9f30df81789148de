// SPDX-License-Identifier: MIT
// A diagnostic server (ISO 14229-1): sessions, timing, security, the order of checks; services are a table
// (uds_server.c) and functions over it (uds_services.c, uds_data.c, uds_faults.c). Pure.
//
//   uds_server_request ──> checks ──> handler ──> response ──(its store is durable)──> uds_server_pull
//                                                    └─ P2 runs out meanwhile: "response pending" first
//
// It can serve any unit. Of that it knows a port (uds_port_t): time, random numbers, storing, the fault memory. What
// there is to read, write and start are tables (uds_tables_t), as many as there are parts of the unit that have some,
// each with its owner. It knows no frames: whoever binds it joins it to a transport.
//
//   uds_server_bind(port) ── uds_server_serve(tables, owner) … ── uds_server_start ── uds_server_request …
//
// Its own is one identifier, that of the active session, and the layout of a snapshot.
//
// Own decisions: a hard reset is there in the extended session only, and both resets restart what diagnosis keeps
// (session, security, communication, fault setting, routine results, what uds_port_t's `restarted` forgets): what a
// unit controls goes on. Fault status bits are those that say something of a fault that is an event: testFailed (this
// occurrence was since power-on), testFailedThisOperationCycle, pendingDTC, confirmedDTC, testFailedSinceLastClear
// (availability mask 0x2F); no monitor completes a test, so that the two bits "not completed" and the warning lamp mean
// nothing here.
#ifndef KMSIM_BUS_DIAGNOSIS_UDS_SERVER_H
#define KMSIM_BUS_DIAGNOSIS_UDS_SERVER_H

#include "bus/diagnosis/fault_memory.h"
#include "bus/base/random.h"
#include "bus/diagnosis/uds.h"

#define UDS_SERVER_PENDING_NS (40 * TIME_MS)     // after a request: leaves the rest of P2 to the bus
#define UDS_SERVER_PENDING_AGAIN_NS (4 * TIME_S) // likewise of P2*
#define UDS_SERVER_ATTEMPTS_MAX 3                // wrong keys …
#define UDS_SERVER_DELAY_NS (10 * TIME_S)        // … after which security access waits, also after a reset
#define UDS_SERVER_TABLES_MAX 4
#define UDS_SERVER_ROUTINES_MAX 4 // of all tables
#define UDS_SERVER_FAULT_STATUS_MASK 0x2F

/// Bits of communication control, by what is meant.
enum { UDS_SERVER_NORMAL = 1, UDS_SERVER_NETWORK = 2 };

/// Identifiers in the snapshot of a fault (own).
enum {
    UDS_SERVER_SNAPSHOT_TIME = 0xD000,    // first occurrence in ms (4 bytes, stops at their end)
    UDS_SERVER_SNAPSHOT_CONTEXT = 0xD001, // 1 byte, what the unit was about (uds_tables_t)
};

/// The unit as the server sees it. Everything pointed to stays where it is, and `now_ns` is right whenever a function
/// of the server is called.
typedef struct {
    const int64_t *now_ns;
    random_t *random;       // for seeds
    const uint32_t *stored; // everything asked for up to this ticket is durable
    fault_memory_t *faults;
    void *unit; // given to both functions
    /// Asks for everything to be stored as it will be when the unit is next left alone, the server included
    /// (uds_server_save). The ticket counts up and may wrap around.
    uint32_t (*store)(void *unit);
    /// Power is there, or diagnosis was reset: what is kept for diagnosis alone is forgotten. May be null.
    void (*restarted)(void *unit);
} uds_port_t;

/// Data identifiers first .. last. `read` appends the record; `write` (null: read only) takes it whole or refuses it
/// and changes nothing, and tells the store to wait for. A `read` that gives false: this unit has no such identifier.
typedef struct {
    uint16_t first, last;
    bool (*read)(void *owner, uint16_t id, uds_message_t *message);
    uds_nrc_t (*write)(void *owner, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket);
} uds_data_t;

/// A routine that is over as soon as it has begun. `start` gets exactly option_size bytes.
typedef struct {
    uint16_t id;
    uint8_t option_size;
    uds_nrc_t (*start)(void *owner, const uint8_t *option, uint32_t *ticket);
} uds_routine_t;

/// What a part of a unit has for diagnosis.
typedef struct {
    const uds_data_t *data;
    size_t data_count;
    const uds_routine_t *routines;
    size_t routine_count;
    const uint16_t *faults; // in the order in which they are told
    size_t fault_count;
    uint8_t functional; // an address besides UDS_FUNCTIONAL_ALL that the unit listens to, 0: none
    /// One byte that goes into the snapshot of a fault's first occurrence; may be null.
    uint8_t (*context)(const void *owner);
} uds_tables_t;

typedef struct {
    const uds_tables_t *tables;
    void *owner;
} uds_served_t;

typedef enum {
    UDS_SERVER_IDLE,
    UDS_SERVER_WAITING, // for a store
    UDS_SERVER_READY,   // the response waits to be pulled
    UDS_SERVER_SENDING,
} uds_server_state_t;

typedef struct {
    // bound once
    uds_port_t port;
    uint8_t address;
    uint8_t served_count;
    uds_served_t served[UDS_SERVER_TABLES_MAX];
    // since power-on, or a reset by diagnosis
    uds_session_t session;
    int64_t session_ends_ns; // S3; TIME_NEVER: default session, or a request is being worked on
    bool unlocked;
    bool seed_given;
    uint8_t seed[UDS_SEED_SIZE];
    uint8_t silent, deaf; // UDS_SERVER_NORMAL | …: what is not sent, not received
    bool faults_off;
    bool routine_started[UDS_SERVER_ROUTINES_MAX]; // in the order of the tables
    // kept without power
    uint8_t attempts; // wrong keys in a row
    int64_t delay_ends_ns;
    // the request being worked on
    uds_server_state_t state;
    bool functional, suppress, reset, pending_told, pending_due, pending_sending;
    uint8_t service, sub_function;
    uds_nrc_t result;
    bool stores;
    uint32_t ticket;
    int64_t pending_ns;
    uint8_t pending[3];
    uds_message_t response;
} uds_server_t;

/// Once. The port is copied; it serves no tables yet. The address is that for which keys are computed.
void uds_server_bind(uds_server_t *self, const uds_port_t *port, uint8_t address);

/// Borrows tables and their owner, which every function of theirs is given. Of an identifier or a context that two
/// have, the ones served first are asked.
void uds_server_serve(uds_server_t *self, const uds_tables_t *tables, void *owner);

/// Power is there: default session, locked; the count of wrong keys is taken from the image.
void uds_server_start(uds_server_t *self, const image_t *image);
void uds_server_save(const uds_server_t *self, image_t *image);

/// Whether requests to that functional address are for this unit.
bool uds_server_listens_to(const uds_server_t *self, uint8_t address);

/// A fault has occurred: enters it into the fault memory, at its first occurrence with the context. Does not store.
/// False, and nothing entered, while fault setting is off. *is_new: there was no entry.
bool uds_server_enter_fault(uds_server_t *self, uint16_t code, bool *is_new);

/// Whether a request may be given to it.
bool uds_server_is_idle(const uds_server_t *self);

/// Works on a request of 1 .. 4,095 bytes, which need not live any longer. Only while idle.
void uds_server_request(uds_server_t *self, const uint8_t *bytes, size_t size, bool functional);

/// A long request has begun to arrive, or came to nothing: the session does not end meanwhile.
void uds_server_hold_session(uds_server_t *self);
void uds_server_release_session(uds_server_t *self);

/// Lets time pass: stores that became durable, P2, S3.
void uds_server_tick(uds_server_t *self);

/// A message to send, the server's own until uds_server_sent (sent or lost); false: none now.
bool uds_server_pull(uds_server_t *self, const uint8_t **bytes, size_t *size);
void uds_server_sent(uds_server_t *self);

/// When uds_server_tick next has something to do; TIME_NEVER: nothing by itself.
int64_t uds_server_deadline(const uds_server_t *self);

#endif

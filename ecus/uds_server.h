// SPDX-License-Identifier: MIT
// The diagnostic server of every control unit (ISO 14229-1): sessions, timing, security, the order of checks; services
// are a table (uds_server.c) and functions over it (uds_services.c, uds_data.c, uds_faults.c). Pure.
//
//   uds_server_request ──> checks ──> handler ──> response ──(its store is durable)──> uds_server_pull
//                                                    └─ P2 runs out meanwhile: "response pending" first
//
// What a unit adds are tables (uds_unit_t): data identifiers, routines, fault codes. It knows no frames and no
// addresses: ecus/diagnosis.h joins it to ISO-TP. Time, random numbers, storing and fault memory are the ecu's.
//
// Own decisions: a hard reset is there in the extended session only, and both resets restart what diagnosis keeps
// (session, security, communication, fault setting, routine results, scratch): what a unit controls goes on.
// Fault status bits are those that say something of a fault that is an event: testFailed (this occurrence was since
// power-on), testFailedThisOperationCycle, pendingDTC, confirmedDTC, testFailedSinceLastClear (availability mask 0x2F);
// no monitor completes a test, so that the two bits "not completed" and the warning lamp mean nothing here.
#ifndef KMSIM_ECUS_UDS_SERVER_H
#define KMSIM_ECUS_UDS_SERVER_H

#include "bus/image.h"
#include "bus/uds.h"

#define UDS_SERVER_PENDING_NS (40 * TIME_MS)     // after a request: leaves the rest of P2 to the bus
#define UDS_SERVER_PENDING_AGAIN_NS (4 * TIME_S) // likewise of P2*
#define UDS_SERVER_ATTEMPTS_MAX 3                // wrong keys …
#define UDS_SERVER_DELAY_NS (10 * TIME_S)        // … after which security access waits, also after a reset
#define UDS_SERVER_ROUTINES_MAX 4
#define UDS_SERVER_FAULT_STATUS_MASK 0x2F

/// Bits of communication control, by what is meant.
enum { UDS_SERVER_NORMAL = 1, UDS_SERVER_NETWORK = 2 };

struct ecu;

/// Data identifiers first .. last. `read` appends the record; `write` (null: read only) takes it whole or refuses it
/// and changes nothing, and tells the store to wait for. A `read` that gives false: this unit has no such identifier.
typedef struct {
    uint16_t first, last;
    bool (*read)(struct ecu *ecu, uint16_t id, uds_message_t *message);
    uds_nrc_t (*write)(struct ecu *ecu, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket);
} uds_data_t;

/// A routine that is over as soon as it has begun. `start` gets exactly option_size bytes.
typedef struct {
    uint16_t id;
    uint8_t option_size;
    uds_nrc_t (*start)(struct ecu *ecu, const uint8_t *option, uint32_t *ticket);
} uds_routine_t;

/// What a kind of unit adds.
typedef struct {
    const uds_data_t *data;
    size_t data_count;
    const uds_routine_t *routines;
    size_t routine_count; // .. UDS_SERVER_ROUTINES_MAX
    const uint16_t *faults;
    size_t fault_count;
    bool personalization; // listens to UDS_FUNCTIONAL_PERSONALIZATION
    /// One byte that goes into the snapshot of a fault's first occurrence; may be null.
    uint8_t (*context)(const struct ecu *ecu);
} uds_unit_t;

typedef enum {
    UDS_SERVER_IDLE,
    UDS_SERVER_WAITING, // for a store
    UDS_SERVER_READY,   // the response waits to be pulled
    UDS_SERVER_SENDING,
} uds_server_state_t;

typedef struct {
    // bound once
    struct ecu *ecu;
    const uds_unit_t *unit;
    uint8_t address;
    // since power-on, or a reset by diagnosis
    uds_session_t session;
    int64_t session_ends_ns; // S3; TIME_NEVER: default session, or a request is being worked on
    bool unlocked;
    bool seed_given;
    uint8_t seed[UDS_SEED_SIZE];
    uint8_t silent, deaf; // UDS_SERVER_NORMAL | …: what is not sent, not received
    bool faults_off;
    bool routine_started[UDS_SERVER_ROUTINES_MAX];
    size_t scratch_size;
    uint8_t scratch[UDS_SCRATCH_MAX];
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

/// Once; the unit's tables may be null.
void uds_server_bind(uds_server_t *self, struct ecu *ecu, const uds_unit_t *unit, uint8_t address);

/// Power is there: default session, locked; the count of wrong keys is taken from the image.
void uds_server_start(uds_server_t *self, const image_t *image);
void uds_server_save(const uds_server_t *self, image_t *image);

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

// SPDX-License-Identifier: MIT
// A bus of six nodes with a fault plan, for tests whose instants and counters are computed by hand.
//
// At 100 kbit/s a bit is 10 us; instants are told in bits since A_NS, when the bus that was asked at 0 is awake.
//   130#45 has 54 bits, its CRC delimiter is the 45th, its acknowledge slot the 46th; an error frame has 14,
//   the intermission 3, suspend transmission 8.
#ifndef KMSIM_TESTS_FAULTS_FIXTURE_H
#define KMSIM_TESTS_FAULTS_FIXTURE_H

#include "bus/can/can_bus.h"

#define BIT_NS (10 * TIME_US)
#define A_NS (5 * TIME_MS)
#define NODES 6
#define FRAME "130#45"
#define FRAME_BITS 54
#define CORRUPTED_BITS (45 + 14)
#define UNHEARD_BITS (46 + 14)

extern can_bus_t bus;
extern fault_plan_t plan;
extern can_bus_outcome_t outcome; // of the last instant
extern int64_t now_ns;

/// All nodes have power, nothing is planned, time 0.
void set_up(void);

can_frame_t frame(const char *text);
int64_t bits_of(const char *text);

/// A node asks now.
can_bus_request_t request(uint8_t node, const char *text, uint8_t flags);

/// A fault of the bus that fits everything and does not end.
fault_t fault(fault_kind_t kind);

/// It begins now; the same with a count; a cut of a node, or of the bus (FAULT_ANY), for a time.
void begin(fault_t begun);
void begin_count(fault_kind_t kind, uint32_t count);
void begin_cut(int8_t node, int64_t for_ns);

/// Everything up to an instant, in bits since the bus was awake; what nodes ask for then comes before the arbitration.
void go_to(int64_t bits);

/// The same; a frame is carried, or fails (seen by everybody, or not), exactly then.
void carried(const char *text, int64_t bits);
void failed(const char *text, int64_t bits);
void failed_unheard(const char *text, int64_t bits);

/// What a node has counted.
void counters(uint8_t node, unsigned tec, unsigned rec);

/// That one of the last outcome's sets is these nodes, a bit each.
void told(index_set_t set, uint64_t nodes);

#endif

// SPDX-License-Identifier: MIT
// CIP coding of a unit with Key Memory: what diagnosis reads and writes of it (identifiers in bus/car/identifiers.h).
// Pure.
//
// A profile is written whole or not at all, and durable before it is acknowledged; nothing moves until it is called up
// the next time. A record of a wrong length is as much out of range as a value that cannot be (own; ISO 14229-1 leaves
// the length of a record to who defines it). "Not coded" writes factory values, whatever values came with it (they must
// be valid all the same). A setting whose range does not fit into 16 bits is described with what fits, and its values
// beyond are refused.
#ifndef KMSIM_ECUS_CODING_H
#define KMSIM_ECUS_CODING_H

#include "ecus/key_memory.h"

/// For every unit with Key Memory; their owner is its key_memory_t, bound. Snapshots of its faults tell the active
/// profile (0 none).
extern const uds_tables_t coding_diagnosis;

#endif

// SPDX-License-Identifier: MIT
// Messages and signals as a DBC file defines them: encode, decode, bind by name. Pure; bus/files/dbc_file reads the
// files.
//
// A raw value is the integer on the wire (sign-extended when the signal is signed); a physical value is
// raw * factor + offset, or number * factor + offset of the floating-point number whose bits the raw value is. Key
// Memory arithmetic is raw; physical values are for people and files.
#ifndef KMSIM_BUS_CAN_DBC_H
#define KMSIM_BUS_CAN_DBC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus/can/frame.h"

#define DBC_NAME_MAX 127
#define DBC_UNIT_MAX 31
#define DBC_SETTING_MAX 32 // leaves room for "profile/4/" in the name of an image's entry
#define DBC_PLAIN (-1)     // not multiplexed
#define DBC_SELECTOR (-2)  // the multiplexor itself

typedef struct {
    int64_t first, last;
} dbc_range_t;

typedef enum {
    DBC_INTEGER,
    DBC_FLOAT,  // SIG_VALTYPE_ 1: the 32 bits are an IEEE 754 single …
    DBC_DOUBLE, // … or 2: the 64 bits a double; its raw value is those bits
} dbc_kind_t;

typedef enum { DBC_CONTROL_SWITCH, DBC_CONTROL_KNOB } dbc_control_t;

typedef struct {
    int64_t raw;
    const char *name;
} dbc_value_t;

typedef struct {
    char name[DBC_NAME_MAX + 1];
    uint16_t start_bit; // as in the file: Intel the least, Motorola the most significant bit
    uint8_t length;     // 1 .. 64
    bool big_endian;    // Motorola, @0
    bool is_signed;
    dbc_kind_t kind;
    int32_t multiplex;    // DBC_PLAIN, DBC_SELECTOR, or the selector's value at which the signal is there
    const char *selector; // SG_MUL_VAL_: the name of its multiplexor; null: the message's only one
    size_t range_count;   // then these values of that multiplexor count, not `multiplex`
    const dbc_range_t *ranges;
    dbc_control_t control;                   // KeyMemoryControl: how the driver changes the setting
    double factor, offset, minimum, maximum; // minimum == maximum == 0: no range told
    char unit[DBC_UNIT_MAX + 1];
    int64_t start_raw;   // GenSigStartValue, 0 without one
    double start_number; // the same as the file has it, without regard to the kind
    const char *setting; // KeyMemorySetting: the name in stories and tools; null when it is none
    const char *comment; // CM_, or null
    size_t value_count;
    const dbc_value_t *values; // VAL_, in the file's order
} dbc_signal_t;

typedef struct {
    uint32_t id;
    bool extended;
    char name[DBC_NAME_MAX + 1];
    uint8_t length;
    char sender[DBC_NAME_MAX + 1];
    int32_t cycle_ms, cycle_fast_ms; // GenMsgCycleTime, GenMsgCycleTimeFast; 0: on event only
    const char *comment;
    size_t signal_count;
    const dbc_signal_t *signals;
} dbc_message_t;

typedef struct {
    size_t message_count;
    const dbc_message_t *messages;
} dbc_t;

typedef struct {
    const dbc_message_t *message;
    const dbc_signal_t *signal; // of that message
} dbc_setting_t;

/// The message or signal of that name (case counts), or null.
const dbc_message_t *dbc_message(const dbc_t *self, const char *name);
const dbc_signal_t *dbc_signal(const dbc_message_t *self, const char *name);

/// The message that a frame belongs to (identifier and format), or null.
const dbc_message_t *dbc_message_of(const dbc_t *self, const can_frame_t *frame);

/// Binds by name once, at start, so that nodes use pointers: the message and the `count` signals named, in their order.
/// Null when the message or one signal is missing; *missing then is that name. Nodes compute whole numbers: a
/// floating-point signal counts as missing.
const dbc_message_t *dbc_bind(const dbc_t *self, const char *message, const char *const *names, size_t count,
                              const dbc_signal_t **signals, const char **missing);

/// The signals alone, of a message that is known. False when one is missing; *missing then is its name.
bool dbc_bind_signals(const dbc_message_t *self, const char *const *names, size_t count, const dbc_signal_t **signals,
                      const char **missing);

/// Whether the frame holds the signal: long enough, and for a multiplexed signal its selector in `message` says so,
/// which may itself be multiplexed.
bool dbc_present(const dbc_message_t *message, const dbc_signal_t *signal, const can_frame_t *frame);

/// The raw value in the frame's data; bits past the eight bytes read as zero.
int64_t dbc_get(const dbc_signal_t *self, const can_frame_t *frame);

/// Puts the low bits of raw into the frame's data; the frame's length stays.
void dbc_set(const dbc_signal_t *self, can_frame_t *frame, int64_t raw);

/// A data frame of the message with all start values in it.
can_frame_t dbc_frame(const dbc_message_t *self);

/// The range of raw values: the signal's own minimum and maximum as far as its bits can hold them. Floating-point bits
/// have no order: theirs is whatever the bits can hold.
int64_t dbc_raw_minimum(const dbc_signal_t *self);
int64_t dbc_raw_maximum(const dbc_signal_t *self);

/// The ends of the range of physical values, the lower first; of a floating-point signal without one of its own
/// -infinity and infinity.
void dbc_physical_range(const dbc_signal_t *self, double *minimum, double *maximum);

/// Physical value of a raw one. Raw values of unsigned signals with 64 bits are taken for what the bits say: -1 is 2^64
/// - 1.
double dbc_physical(const dbc_signal_t *self, int64_t raw);

/// The bits of a floating-point signal's number, and the number that its bits are; of an integer the value itself.
int64_t dbc_bits(const dbc_signal_t *self, double number);
double dbc_number(const dbc_signal_t *self, int64_t raw);

/// The raw value nearest to a physical one. False, and *raw untouched, when it does not lie in the signal's range or is
/// further than a hundredth of a step from the next raw value. A floating-point signal takes the nearest of its
/// numbers, unless that is infinite.
bool dbc_raw(const dbc_signal_t *self, double physical, int64_t *raw);

/// The name of a raw value, or null (a floating-point number has one when it is whole); and the other way round: false,
/// and *raw untouched, for an unknown name.
const char *dbc_value_name(const dbc_signal_t *self, int64_t raw);
bool dbc_value_raw(const dbc_signal_t *self, const char *name, int64_t *raw);

/// Steps to a control unit's next Key Memory setting: the signals with a KeyMemorySetting of all messages that it
/// sends, in the file's order. Begins with a setting of all null. False, and *setting all null again, past the last
/// one.
bool dbc_next_setting(const dbc_t *self, const char *sender, dbc_setting_t *setting);

/// The control unit's setting of that name. False, and *setting all null, when it has none.
bool dbc_setting(const dbc_t *self, const char *sender, const char *name, dbc_setting_t *setting);

/// The status message of a control unit: the first one sent by it that holds settings, which tells the profile as well;
/// null when it has none.
const dbc_message_t *dbc_status_message(const dbc_t *self, const char *sender);

#endif

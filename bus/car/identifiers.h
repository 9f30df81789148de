// SPDX-License-Identifier: MIT
// What diagnosis finds in the units of this car: data identifiers, routines, and how their bytes are laid out. Pure.
// The units have them as tables for their servers, testers read and write them; neither of both types a layout twice.
// The services themselves are ISO 14229's (bus/diagnosis/uds.h).
//
// Data identifiers. Numbers of keys and profiles count from zero on the wire, 0xFF is invalid; what has more than one
// byte has the most significant first. All layouts are this simulator's own.
//
//   every unit (ecus/identification.h; 0xF186, the active session, is the server's)
//   0xF18C  identification   text "KMSIM <unit>"                                                         read
//   0xF190  VIN              17 characters, the same in every unit                                       read
//   0x3E01  counters         count; per counter: value (4 bytes), length of name, name: what was ignored    read
//                            since power-on, each kind by its own name
//   0x3E00  scratch          0 .. 4,092 bytes, forgotten at a reset: for long transfers                  read, write
//   every unit with coding options
//   0x3021  options          per option of the vehicle's entry the index of its value                    read, write
//   units with Key Memory (ecus/coding.h)
//   0x3001 .. 0x3004         profile 1 .. 4: coded (0, 1); per setting its raw value (int16)             read, write
//   0x3010  description      count; per setting: raw minimum, raw maximum (int16), length of name, name  read
//   0x3020  memory           per setting 0 key, 1 car                                                    read, write
//   0x3030  status           active profile (0 none, 1 .. 4), whether it is coded (0, 1)                 read
//   CAS (cas/services.h)
//   0xAC5A  keys             10 x: slot exists, personalization (0xFF unknown), learned, blocked,        read
//                            battery low, key number
// Writing needs the extended session and security access. The order of settings is that of the signals in the DBC.
//
// Routines of the CAS (0x31 01 start, 03 results), extended session and security access:
//
//   0xDC73  key, action (0 release, 1 block)         answered by one byte: 0 done, else not
//   0xDC5B  key, personalization number              likewise
//
// A tester judges what it reads by one table of all these layouts (identifiers_is_record): a record that is not laid
// out so is not read at all.
#ifndef KMSIM_BUS_CAR_IDENTIFIERS_H
#define KMSIM_BUS_CAR_IDENTIFIERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTIFIER_NUMBER_INVALID 0xFF
#define IDENTIFIER_SCRATCH_MAX 4092             // the longest message less service and identifier
#define IDENTIFIER_VIN_TEXT "KMSIME65000000001" // made up
#define IDENTIFIER_COUNTERS_MAX 255
#define IDENTIFIER_COUNTER_NAME_MAX 31
#define IDENTIFIER_RAW_SIZE 2 // of a setting's raw value

typedef enum {
    IDENTIFIER_PROFILE = 0x3000, // + profile 1 .. 4
    IDENTIFIER_DESCRIPTION = 0x3010,
    IDENTIFIER_MEMORY = 0x3020,
    IDENTIFIER_OPTIONS = 0x3021,
    IDENTIFIER_STATUS = 0x3030,
    IDENTIFIER_SCRATCH = 0x3E00,
    IDENTIFIER_COUNTERS = 0x3E01,
    IDENTIFIER_KEYS = 0xAC5A,
    IDENTIFIER_NAME = 0xF18C,
    IDENTIFIER_VIN = 0xF190,
} identifier_t;

typedef enum { ROUTINE_KEY_LOCK = 0xDC73, ROUTINE_KEY_PERSONALIZATION = 0xDC5B } routine_t;

/// Bytes of the routines' options.
enum { ROUTINE_LOCK_KEY, ROUTINE_LOCK_ACTION, ROUTINE_LOCK_SIZE };
enum { ROUTINE_ACTION_RELEASE, ROUTINE_ACTION_BLOCK };
enum { ROUTINE_ASSIGN_KEY, ROUTINE_ASSIGN_NUMBER, ROUTINE_ASSIGN_SIZE };

/// Bytes of their result, and what the byte says when the function was done.
#define ROUTINE_RESULT_SIZE 1
#define ROUTINE_DONE 0

/// Bytes of IDENTIFIER_STATUS.
enum { STATUS_RECORD_ACTIVE, STATUS_RECORD_CODED, STATUS_RECORD_SIZE };

/// Bytes per key in IDENTIFIER_KEYS.
enum {
    KEY_RECORD_EXISTS,
    KEY_RECORD_PERSONALIZATION,
    KEY_RECORD_LEARNED,
    KEY_RECORD_BLOCKED,
    KEY_RECORD_BATTERY_LOW,
    KEY_RECORD_NUMBER,
    KEY_RECORD_SIZE
};

typedef struct {
    bool exists, learned, blocked, battery_low;
    int personalization; // 1 .. 4, 0: unknown
} identifiers_key_t;

/// Writes the record of key number 1 .. 10; reads one (its number is its place in the table).
void identifiers_write_key(const identifiers_key_t *key, int number, uint8_t record[KEY_RECORD_SIZE]);
identifiers_key_t identifiers_read_key(const uint8_t record[KEY_RECORD_SIZE]);

/// Whether that can be the record of an identifier above, by its length and by what its bytes can be; of one that is
/// not there any record can. `count` is how many settings (for 0x3021: options) the unit has.
bool identifiers_is_record(uint16_t id, const uint8_t *record, size_t size, size_t count);
typedef struct {
    uint32_t value;
    char name[IDENTIFIER_COUNTER_NAME_MAX + 1]; // "telegrams_replayed"
} identifiers_counter_t;

/// Writes one counter of IDENTIFIER_COUNTERS; returns its size.
#define IDENTIFIER_COUNTER_SIZE_MAX (4 + 1 + IDENTIFIER_COUNTER_NAME_MAX)
size_t identifiers_write_counter(uint32_t value, const char *name, uint8_t bytes[IDENTIFIER_COUNTER_SIZE_MAX]);

/// Reads all of a record whole. False, and nothing in it is to be believed, when it is not laid out so: too short or
/// too long, a name that is empty, too long or no printable ASCII.
bool identifiers_read_counters(const uint8_t *record, size_t size,
                               identifiers_counter_t counters[IDENTIFIER_COUNTERS_MAX], size_t *count);

/// A setting's raw value of any size as its 16 bits: the nearest that fits, it never wraps around.
int16_t identifiers_saturate(int64_t raw);

#endif

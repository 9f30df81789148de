// SPDX-License-Identifier: MIT
#include "cas/messages.h"

#define CHECKSUM_START (0x01 + 0x30) // the identifier's bytes

// A signal's name, and the names of those of its values that the CAS uses, in the order of the enumeration that chooses
// among them: what is the same in several states is named several times.
typedef struct {
    const char *signal;
    const char *choices[MESSAGES_CHOICES_MAX];
} word_t;

static const word_t WORDS[MESSAGES_SIGNAL_COUNT] = {
    // RemoteKeyStatus
    [MESSAGES_NUMBER] = {"PersonalizationNumber", {"invalid"}},
    [MESSAGES_NUMBER_REPEAT] = {"PersonalizationRepeat", {"invalid"}},
    [MESSAGES_KEY_USE] = {"KeyUse", {"remote", "inserted"}},
    [MESSAGES_BUTTON] = {"Button", {"released", "unlock", "lock", "boot", "none"}}, // key_status_button_t
    [MESSAGES_KEY] = {"KeyNumber", {NULL}},
    [MESSAGES_KEY_KIND] = {"KeyKind", {"remote", "inserted"}},
    [MESSAGES_BATTERY] = {"Battery", {"ok", "low"}},
    // TerminalStatus: terminal_t
    [MESSAGES_R] = {"TerminalR", {"off", "on", "on", "on"}},
    [MESSAGES_15] = {"Terminal15", {"off", "off", "on", "on"}},
    [MESSAGES_50] = {"Terminal50", {"off", "off", "off", "on"}},
    [MESSAGES_15_HARDWARE] = {"Terminal15Hardware", {"off", "off", "on", "on"}},
    // lock_state_t: empty, identifying, valid, refused
    [MESSAGES_KEY_VALID] = {"KeyValid", {"none", "none", "valid", "invalid"}},
    [MESSAGES_KEY_TYPE] = {"KeyType", {"none", "unidentified", "remote", "unidentified"}},
    [MESSAGES_KEY_PLUGGED] = {"KeyPlugged", {"no", "yes", "yes", "yes"}},
    [MESSAGES_IMMOBILIZER] = {"Immobilizer", {"locked", "locked", "free", "locked"}},
    [MESSAGES_KEY_IN_LOCK] = {"KeyNumber", {"invalid"}},
    [MESSAGES_ALIVE] = {"Alive", {NULL}},
    [MESSAGES_CHECKSUM] = {"Checksum", {NULL}},
    // CentralLocking: doors_command_t. The boot is opened alone, and unlocked and locked with the doors.
    [MESSAGES_LOCKING_FIRST] = {"DriverDoor", {"idle", "unlock", "lock", "idle"}},
    [MESSAGES_LOCKING_FIRST + 1] = {"PassengerDoor", {"idle", "unlock", "lock", "idle"}},
    [MESSAGES_LOCKING_FIRST + 2] = {"RearDriverSide", {"idle", "unlock", "lock", "idle"}},
    [MESSAGES_LOCKING_FIRST + 3] = {"RearPassengerSide", {"idle", "unlock", "lock", "idle"}},
    [MESSAGES_LOCKING_LAST] = {"Boot", {"idle", "unlock", "lock", "unlock"}},
    // DoorState
    [MESSAGES_DRIVER_DOOR] = {"DriverDoor", {"closed", "open"}},
};

// ---- binding -------------------------------------------------------------------------------------------------------

static bool bind_choices(messages_t *self, messages_signal_t signal, const char **missing)
{
    for (size_t i = 0; i < MESSAGES_CHOICES_MAX && WORDS[signal].choices[i]; i++) {
        *missing = WORDS[signal].choices[i];
        if (!dbc_value_raw(self->signals[signal], *missing, &self->raw[signal][i])) return false;
    }
    return true;
}

static const dbc_message_t *bind_message(messages_t *self, const dbc_t *dbc, const char *name, messages_signal_t first,
                                         messages_signal_t last, const char **missing)
{
    *missing = name;
    const dbc_message_t *message = dbc_message(dbc, name);
    for (messages_signal_t signal = first; message && signal <= last; signal++) {
        *missing = WORDS[signal].signal;
        self->signals[signal] = dbc_signal(message, *missing);
        if (!self->signals[signal] || !bind_choices(self, signal, missing)) return NULL;
    }
    return message;
}

bool messages_bind(messages_t *self, const dbc_t *dbc, const char **missing)
{
    self->key_status = bind_message(self, dbc, MESSAGES_KEY_STATUS, MESSAGES_NUMBER, MESSAGES_BATTERY, missing);
    if (!self->key_status) return false;
    const dbc_message_t *terminal = bind_message(self, dbc, MESSAGES_TERMINAL, MESSAGES_R, MESSAGES_CHECKSUM, missing);
    if (!terminal) return false;
    self->terminal_id = terminal->id;
    return bind_message(self, dbc, MESSAGES_LOCKING, MESSAGES_LOCKING_FIRST, MESSAGES_LOCKING_LAST, missing) &&
           bind_message(self, dbc, MESSAGES_DOORS, MESSAGES_DRIVER_DOOR, MESSAGES_DRIVER_DOOR, missing);
}

// ---- frames --------------------------------------------------------------------------------------------------------

static void put(const messages_t *self, can_frame_t *frame, messages_signal_t signal, int64_t raw)
{
    dbc_set(self->signals[signal], frame, raw);
}

static void choose(const messages_t *self, can_frame_t *frame, messages_signal_t signal, size_t choice)
{
    put(self, frame, signal, self->raw[signal][choice]);
}

// Numbers of keys and profiles count from 1 here and from 0 on the wire.
static void put_number(const messages_t *self, can_frame_t *frame, messages_signal_t signal, int number, bool known)
{
    if (known)
        put(self, frame, signal, number - 1);
    else
        choose(self, frame, signal, 0);
}

can_frame_t messages_key_status(const messages_t *self, const key_status_t *status)
{
    can_frame_t frame = dbc_frame(self->key_status);
    bool numbered = status->personalization != KEY_NUMBER_INVALID;
    put_number(self, &frame, MESSAGES_NUMBER, status->personalization, numbered);
    put_number(self, &frame, MESSAGES_NUMBER_REPEAT, status->personalization, numbered);
    choose(self, &frame, MESSAGES_KEY_USE, status->inserted);
    choose(self, &frame, MESSAGES_BUTTON, status->button);
    put_number(self, &frame, MESSAGES_KEY, status->key, true);
    choose(self, &frame, MESSAGES_KEY_KIND, status->inserted);
    choose(self, &frame, MESSAGES_BATTERY, status->battery_low);
    return frame;
}

// The identifier's two bytes, four data bytes and the counter, added; then folded twice, with carry:
//
//   sum ──> high byte + low byte ──> high nibble + low nibble ──> the nibble beside the alive counter
uint8_t messages_terminal_checksum(const uint8_t data[4], uint8_t alive)
{
    unsigned sum = CHECKSUM_START + alive;
    for (size_t i = 0; i < 4; i++) sum += data[i];
    sum = (sum & 0xFF) + (sum >> 8);
    sum = (sum & 0x0F) + (sum >> 4);
    return (uint8_t)(sum & 0x0F);
}

void messages_fill_terminal(const messages_t *self, const ignition_t *ignition, uint8_t alive, can_frame_t *frame)
{
    static const messages_signal_t OF_TERMINAL[] = {MESSAGES_R, MESSAGES_15, MESSAGES_50, MESSAGES_15_HARDWARE};
    static const messages_signal_t OF_LOCK[] = {MESSAGES_KEY_VALID, MESSAGES_KEY_TYPE, MESSAGES_KEY_PLUGGED,
                                                MESSAGES_IMMOBILIZER};
    for (size_t i = 0; i < 4; i++) choose(self, frame, OF_TERMINAL[i], ignition->terminal);
    for (size_t i = 0; i < 4; i++) choose(self, frame, OF_LOCK[i], ignition->state);
    put_number(self, frame, MESSAGES_KEY_IN_LOCK, ignition->key, ignition->state == LOCK_VALID);
    put(self, frame, MESSAGES_ALIVE, alive);
    // Last: it is made of the bytes before it.
    put(self, frame, MESSAGES_CHECKSUM, messages_terminal_checksum(frame->data, alive));
}

void messages_fill_locking(const messages_t *self, doors_command_t command, can_frame_t *frame)
{
    for (messages_signal_t signal = MESSAGES_LOCKING_FIRST; signal <= MESSAGES_LOCKING_LAST; signal++)
        choose(self, frame, signal, command);
}

void messages_fill_doors(const messages_t *self, bool driver_open, can_frame_t *frame)
{
    choose(self, frame, MESSAGES_DRIVER_DOOR, driver_open);
}

// SPDX-License-Identifier: MIT
#include "bus/car/words.h"

#define UNKNOWN "an unknown log entry"

static const struct {
    uint16_t code;
    const char *words; // a pattern of log_format
} LOGS[] = {
    {LOG_FAULT_STORED, "fault memory entry {x}"},
    {LOG_IMAGE_DAMAGED, "the stored image cannot be used, defaults are"},
    {LOG_STORE_FULL, "the image is too large to store"},
    {LOG_BUS_PASSIVE, "error-passive on its {a!first|second|third|fourth} bus"},
    {LOG_BUS_OFF, "bus-off on its {a!first|second|third|fourth} bus: what waited there is gone"},
    {LOG_BUS_ACTIVE, "error-active again on its {a!first|second|third|fourth} bus"},
    // units with Key Memory
    {LOG_PROFILE_CALLED, "profile {a} called up ({b?not coded, defaults|coded})"},
    {LOG_PROFILE_STORED, "{b} changed settings stored into profile {a}"},
    {LOG_NUMBER_REFUSED, "personalization number {a} ignored: not 1 to 4"},
    {LOG_NUMBER_UNCLEAR, "personalization number ignored: says {a} and {b}"},
    {LOG_RECALL_WAITS, "recall of profile {a} waits for the driver's door"},
    {LOG_RECALL_STOPPED, "recall of profile {a} stopped by a switch"},
    {LOG_RECALL_DONE, "recall of profile {a} done, all motors stand"},
    {LOG_KERB_TILT, "the passenger mirror {a?returns|tilts to the kerb}"},
    {LOG_PROFILE_CODED, "profile {a} written by diagnosis ({b?not coded|coded})"},
    // the Car Access System
    {LOG_KEY_ACCEPTED, "key {a} accepted, button {b!none|unlock|lock|boot}, personalization number {c}"},
    {LOG_KEY_REPLAYED, "key {a}: replayed telegram ignored (code {b}, last accepted {c})"},
    {LOG_KEY_FORGED, "key {a}: forged telegram ignored"},
    {LOG_KEY_UNKNOWN, "key {a}: unknown, telegram ignored"},
    {LOG_KEY_BLOCKED, "key {a}: blocked, telegram ignored"},
    {LOG_KEY_AHEAD, "key {a}: code {b} ahead, waits for a second press"},
    {LOG_KEY_TOO_FAR, "key {a}: code {b} ahead, ignored until the key is in the lock"},
    {LOG_TELEGRAM_MALFORMED, "a telegram of {a} bytes ignored"},
    {LOG_KEY_IDENTIFIED, "key {a} in the lock identified, personalization number {b}"},
    {LOG_KEY_REFUSED, "key in the lock refused"},
    {LOG_KEY_LEARNED, "key {a} learned"},
    {LOG_KEY_REWRITTEN, "key {a}: personalization number {b} written to the key"},
    {LOG_KEY_DIFFERS, "key {a} says personalization number {b}, the table says {c}"},
    {LOG_KEY_REMOVED, "key removed"},
    {LOG_PRESS_LOST, "key {a}: press lost, {b} wait to be stored"},
    {LOG_KEY_LOCKED, "key {a} {b?released|blocked}"},
    {LOG_KEY_ASSIGNED, "key {a} has personalization number {b} now"},
    {LOG_TERMINAL, "terminal {a!off|R|15|50}"},
    {LOG_ROUTE_DROPPED, "gateway full, frame {x} dropped"},
};

static const struct {
    uint32_t code;
    const char *meaning;
} FAULTS[] = {
    {FAULT_IMAGE_DAMAGED, "the stored image was damaged, defaults are used"},
    {FAULT_BUS_OFF, "was bus-off on its first bus"},
    {FAULT_BUS_OFF + 1, "was bus-off on its second bus"},
    {FAULT_BUS_OFF + 2, "was bus-off on its third bus"},
    {FAULT_BUS_OFF + 3, "was bus-off on its fourth bus"},
    // units with Key Memory
    {FAULT_PROFILE_NOT_CODED + 1, "profile 1 was called up, is not coded"},
    {FAULT_PROFILE_NOT_CODED + 2, "profile 2 was called up, is not coded"},
    {FAULT_PROFILE_NOT_CODED + 3, "profile 3 was called up, is not coded"},
    {FAULT_PROFILE_NOT_CODED + 4, "profile 4 was called up, is not coded"},
    {FAULT_NUMBER_INVALID, "received a personalization number outside 1 to 4"},
    // the Car Access System
    {FAULT_KEY_BLOCKED, "a blocked key was used"},
    {FAULT_KEY_FOREIGN, "foreign transponder in the lock"},
    {FAULT_KEY_SILENT, "no transponder data"},
    {FAULT_PRESS_LOST, "more presses at once than can be stored, some were lost"},
    {FAULT_KEY_DIFFERS, "the key's personalization number differs from the CAS's"},
};

const char *words_format_log(const log_entry_t *entry, char *text, size_t size)
{
    const char *words = UNKNOWN;
    for (size_t i = 0; i < sizeof LOGS / sizeof LOGS[0]; i++)
        if (LOGS[i].code == entry->code) words = LOGS[i].words;
    return log_format(entry, words, text, size);
}

const char *words_find_fault(uint32_t code)
{
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++)
        if (FAULTS[i].code == code) return FAULTS[i].meaning;
    return "";
}

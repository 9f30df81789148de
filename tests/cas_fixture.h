// SPDX-License-Identifier: MIT
// The Car Access System alone on the E65's buses: one listener on each bus acknowledges what it sends, key fobs answer
// the coil. Virtual time stands at an open instant: what a test does there happens then.
//
//   cas_fixture_run_to(t) ── cas_fixture_press(…) ── cas_fixture_run_to(u) ── what was on the buses between them
//
// When a test ends, every TerminalStatus frame that was seen is checked: its checksum, and that its alive counter rose
// by one, modulo 15, per frame carried.
#ifndef KMSIM_TESTS_CAS_FIXTURE_H
#define KMSIM_TESTS_CAS_FIXTURE_H

#include "bus/files/dbc_file.h"
#include "bus/kernel/kernel.h"
#include "cas/cas.h"
#include "bus/car/words.h"

#define CAS_FIXTURE_SEEN_MAX 20000
#define CAS_FIXTURE_SILENT (-1)  // a key whose transponder says nothing
#define CAS_FIXTURE_FOREIGN (-2) // one of another car

enum { KCAN_S, KCAN_P };
enum { TERMINAL_STATUS = 0x130, KEY_STATUS = 0x23A, LOCKING = 0x2A0, DOORS = 0x2FC };
enum { CAS_NODE, LISTENER_S, LISTENER_P, FOBS_NODE };

typedef struct {
    int64_t at_ns;
    uint8_t bus;
    uint8_t node;  // who sent it
    unsigned life; // how often the CAS had got power
    can_frame_t frame;
} cas_fixture_seen_t;

typedef struct {
    uint8_t secret[KEY_SECRET_SIZE];
    int personalization; // what the key carries
    uint32_t code;
} cas_fixture_fob_t;

typedef struct {
    vehicle_t vehicle;
    dbc_file_t *file;
    kernel_t *kernel;
    cas_t *cas;
    unsigned life;
    cas_fixture_fob_t fobs[KEY_COUNT_MAX + 1];
    int in_lock; // key, 0: none, or CAS_FIXTURE_…
    air_t challenge;
    air_t last_telegram;
    uint32_t transmission; // of the last press
    unsigned logs[LOG_CODE_COUNT];
    size_t seen_count;
    cas_fixture_seen_t seen[CAS_FIXTURE_SEEN_MAX];
} cas_fixture_t;

extern cas_fixture_t *car;

/// Keys 1 to 4 with the personalization number of their own, learned; 5 a spare key, prepared with number 3.
void cas_fixture_set_up(void);
void cas_fixture_tear_down(void);

/// The image of the CAS before its first power-on may be changed by a hook given here; then set_up.
void cas_fixture_set_up_with(void (*change)(image_t *image));

/// Goes to that instant, which stays open.
void cas_fixture_run_to(int64_t at_ns);

/// The next press of a key, its transmission still going on; its end; any telegram.
void cas_fixture_press(int key, key_button_t button);
void cas_fixture_let_go(uint32_t transmission);
void cas_fixture_send(const air_t *air);

/// A key is put into the lock or taken out (0), the key is turned, the driver's door opens or closes.
void cas_fixture_insert(int key);
void cas_fixture_turn(terminal_t terminal);
void cas_fixture_door(bool open);

void cas_fixture_power(uint8_t node, bool on);

/// The first frame of that identifier on that bus after (not at) that time, or null.
const cas_fixture_seen_t *cas_fixture_find(uint8_t bus, uint32_t id, int64_t after_ns);

/// How many frames of that identifier were carried by that bus within the two times, both included.
unsigned cas_fixture_count(uint8_t bus, uint32_t id, int64_t from_ns, int64_t to_ns);

/// All frames of that identifier on that bus after that time, as text, blanks between them.
const char *cas_fixture_text(uint8_t bus, uint32_t id, int64_t after_ns);

/// Whether the CAS's fault memory has that code.
bool cas_fixture_has_fault(uint16_t code);

#endif

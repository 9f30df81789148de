// SPDX-License-Identifier: MIT
// The diagnostic server at a unit that is no ecu_t, and of no car that there is here: a pump with identifiers, a
// routine, faults and a store of its own. Requests and responses go in and out as bytes, there is no transport.
#include "bus/diagnosis/uds_server.h"

#include <check.h>
#include <string.h>

#include "tests/suite.h"

#define PUMP_ADDRESS 0x21
#define PUMP_GROUP 0xE7 // a functional address of its own
#define STORE_NS (20 * TIME_MS)
#define FAULT_DRY 0x1234
#define FAULT_HOT 0x1235

enum { DATA_PRESSURE = 0x0101, DATA_LIMIT = 0x0102, DATA_HOURS = 0x0201, ROUTINE_PRIME = 0x0301 };

typedef struct {
    uint32_t hours;
} meter_t;

typedef struct {
    int64_t now_ns;
    random_t random;
    uint32_t asked, under_way, stored;
    int64_t stored_ns; // when the store under way is durable
    fault_memory_t faults;
    uint8_t limit, primed, restarts;
    image_t image, next_image; // durable; on its way there
    meter_t meter;
    uds_server_t server;
} pump_t;

static pump_t pump;

// ---- what it has ---------------------------------------------------------------------------------------------------

static bool read_pressure(void *owner, uint16_t id, uds_message_t *message)
{
    (void)owner;
    (void)id;
    uds_message_put_number(message, 0x0203, 2);
    return true;
}

static bool read_limit(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    uds_message_put_number(message, ((const pump_t *)owner)->limit, 1);
    return true;
}

static uint32_t ask_to_store(void *unit)
{
    return ++((pump_t *)unit)->asked;
}

static uds_nrc_t write_limit(void *owner, uint16_t id, const uint8_t *record, size_t size, uint32_t *ticket)
{
    (void)id;
    pump_t *self = owner;
    if (size != 1 || record[0] > 100) return UDS_OUT_OF_RANGE;
    self->limit = record[0];
    *ticket = ask_to_store(self);
    return UDS_ACCEPTED;
}

static uds_nrc_t prime(void *owner, const uint8_t *option, uint32_t *ticket)
{
    pump_t *self = owner;
    self->primed = option[0];
    *ticket = self->stored; // nothing of it is stored
    return UDS_ACCEPTED;
}

static uint8_t pump_context(const void *owner)
{
    return ((const pump_t *)owner)->limit;
}

static const uds_data_t PUMP_DATA[] = {{DATA_PRESSURE, DATA_PRESSURE, read_pressure, NULL},
                                       {DATA_LIMIT, DATA_LIMIT, read_limit, write_limit}};
static const uds_routine_t PUMP_ROUTINES[] = {{ROUTINE_PRIME, 1, prime}};
static const uint16_t PUMP_FAULTS[] = {FAULT_HOT, FAULT_DRY};
static const uds_tables_t PUMP_TABLES = {.data = PUMP_DATA,
                                         .data_count = 2,
                                         .routines = PUMP_ROUTINES,
                                         .routine_count = 1,
                                         .faults = PUMP_FAULTS,
                                         .fault_count = 2,
                                         .functional = PUMP_GROUP,
                                         .context = pump_context};

static bool read_hours(void *owner, uint16_t id, uds_message_t *message)
{
    (void)id;
    uds_message_put_number(message, ((const meter_t *)owner)->hours, 4);
    return true;
}

static const uds_data_t METER_DATA[] = {{DATA_HOURS, DATA_HOURS, read_hours, NULL}};
static const uds_tables_t METER_TABLES = {.data = METER_DATA, .data_count = 1};

// ---- how it runs ---------------------------------------------------------------------------------------------------

static void forget(void *unit)
{
    ((pump_t *)unit)->restarts++;
}

static void power_on(void)
{
    pump.asked = pump.under_way = pump.stored = 0;
    pump.stored_ns = TIME_NEVER;
    pump.limit = (uint8_t)image_get(&pump.image, "limit", -1, NULL, 50);
    fault_memory_load(&pump.faults, &pump.image);
    uds_server_start(&pump.server, &pump.image);
}

static void begin_store(void)
{
    if (pump.stored_ns != TIME_NEVER || pump.asked == pump.under_way) return;
    image_clear(&pump.next_image);
    image_set(&pump.next_image, "limit", -1, NULL, pump.limit);
    fault_memory_save(&pump.faults, &pump.next_image);
    uds_server_save(&pump.server, &pump.next_image);
    pump.under_way = pump.asked;
    pump.stored_ns = pump.now_ns + STORE_NS;
}

static void end_store(void)
{
    if (pump.stored_ns > pump.now_ns) return;
    image_copy(&pump.image, &pump.next_image);
    pump.stored = pump.under_way;
    pump.stored_ns = TIME_NEVER;
}

static void wait_until(int64_t until_ns)
{
    begin_store();
    while (pump.now_ns < until_ns) {
        int64_t next_ns = time_earlier(pump.stored_ns, uds_server_deadline(&pump.server));
        pump.now_ns = time_earlier(next_ns, until_ns);
        end_store();
        uds_server_tick(&pump.server);
        begin_store();
    }
}

static void answers_to(const char *request, size_t size, bool functional, const char *response, size_t response_size)
{
    uds_server_request(&pump.server, (const uint8_t *)request, size, functional);
    wait_until(pump.now_ns + STORE_NS);
    const uint8_t *bytes = NULL;
    size_t count = 0;
    bool answered = uds_server_pull(&pump.server, &bytes, &count);
    ck_assert_int_eq(answered, response_size > 0);
    ck_assert_uint_eq(count, response_size);
    if (answered) ck_assert_mem_eq(bytes, response, count);
    uds_server_sent(&pump.server);
    ck_assert(uds_server_is_idle(&pump.server));
}
#define ANSWERS(request, response) answers_to(request, sizeof(request) - 1, false, response, sizeof(response) - 1)
#define ANSWERS_ALL(request, response) answers_to(request, sizeof(request) - 1, true, response, sizeof(response) - 1)

static void set_up(void)
{
    pump = (pump_t){.meter = {.hours = 1234}};
    pump.random = random_derive(1, "pump", 1);
    const uds_port_t port = {.now_ns = &pump.now_ns,
                             .random = &pump.random,
                             .stored = &pump.stored,
                             .faults = &pump.faults,
                             .unit = &pump,
                             .store = ask_to_store,
                             .restarted = forget};
    uds_server_bind(&pump.server, &port, PUMP_ADDRESS);
    uds_server_serve(&pump.server, &PUMP_TABLES, &pump);
    uds_server_serve(&pump.server, &METER_TABLES, &pump.meter);
    power_on();
}

static void tear_down(void) {}

static void give_key(bool right, const char *response, size_t response_size)
{
    const uint8_t *seed;
    size_t size;
    uds_server_request(&pump.server, (const uint8_t *)"\x27\x01", 2, false);
    ck_assert(uds_server_pull(&pump.server, &seed, &size));
    ck_assert_uint_eq(size, 2 + UDS_SEED_SIZE);
    uint8_t request[2 + UDS_KEY_SIZE] = {UDS_SECURITY_ACCESS, UDS_SECURITY_KEY};
    uds_security_key(right ? PUMP_ADDRESS : PUMP_ADDRESS + 1, seed + 2, request + 2);
    uds_server_sent(&pump.server);
    answers_to((const char *)request, sizeof request, false, response, response_size);
}

static void unlock(void)
{
    ANSWERS("\x10\x03", "\x50\x03\x00\x32\x01\xF4");
    give_key(true, "\x67\x02", 2);
}

// ---- the tests -----------------------------------------------------------------------------------------------------

START_TEST(identifiers_of_all_its_parts_are_read)
{
    ANSWERS("\x22\x01\x01", "\x62\x01\x01\x02\x03");
    ANSWERS("\x22\x02\x01\x01\x02", "\x62\x02\x01\x00\x00\x04\xD2\x01\x02\x32");
    ANSWERS("\x22\xF1\x86", "\x62\xF1\x86\x01");
}
END_TEST

START_TEST(identifiers_of_the_cars_units_are_not_there)
{
    ANSWERS("\x22\xF1\x90", "\x7F\x22\x31");
    ANSWERS("\x22\xF1\x8C", "\x7F\x22\x31");
    ANSWERS("\x22\x3E\x00", "\x7F\x22\x31");
    ANSWERS("\x22\x30\x21", "\x7F\x22\x31");
    ANSWERS("\x22\xAC\x5A", "\x7F\x22\x31");
}
END_TEST

START_TEST(session_ends_and_locks)
{
    unlock();
    ANSWERS("\x22\xF1\x86", "\x62\xF1\x86\x03");
    wait_until(pump.now_ns + UDS_S3_NS);
    ANSWERS("\x22\xF1\x86", "\x62\xF1\x86\x01");
    ANSWERS("\x2E\x01\x02\x14", "\x7F\x2E\x7F");
}
END_TEST

START_TEST(writing_needs_session_and_key_and_is_durable_when_told)
{
    ANSWERS("\x2E\x01\x02\x14", "\x7F\x2E\x7F");
    ANSWERS("\x10\x03", "\x50\x03\x00\x32\x01\xF4");
    ANSWERS("\x2E\x01\x02\x14", "\x7F\x2E\x33");
    give_key(true, "\x67\x02", 2);
    ANSWERS("\x2E\x01\x02\x65", "\x7F\x2E\x31");     // 101
    ANSWERS("\x2E\x01\x01\x00\x00", "\x7F\x2E\x31"); // read only
    static const uint8_t WRITE[] = {0x2E, 0x01, 0x02, 0x14};
    const uint8_t *bytes;
    size_t size;
    uds_server_request(&pump.server, WRITE, sizeof WRITE, false);
    wait_until(pump.now_ns + STORE_NS - 1);
    ck_assert(!uds_server_pull(&pump.server, &bytes, &size));
    wait_until(pump.now_ns + 1);
    ck_assert(uds_server_pull(&pump.server, &bytes, &size));
    ck_assert_int_eq(image_get(&pump.image, "limit", -1, NULL, 0), 20);
    uds_server_sent(&pump.server);
    power_on();
    ANSWERS("\x22\x01\x02", "\x62\x01\x02\x14");
}
END_TEST

START_TEST(wrong_keys_are_counted_in_its_store)
{
    ANSWERS("\x10\x03", "\x50\x03\x00\x32\x01\xF4");
    give_key(false, "\x7F\x27\x35", 3);
    give_key(false, "\x7F\x27\x35", 3);
    power_on();
    ANSWERS("\x10\x03", "\x50\x03\x00\x32\x01\xF4");
    give_key(false, "\x7F\x27\x36", 3);
    ANSWERS("\x27\x01", "\x7F\x27\x37");
}
END_TEST

START_TEST(routine_runs_and_its_result_is_forgotten_at_a_reset)
{
    unlock();
    ANSWERS("\x31\x03\x03\x01", "\x7F\x31\x24");
    ANSWERS("\x31\x01\x03\x01", "\x7F\x31\x13");
    ANSWERS("\x31\x01\x03\x01\x07", "\x71\x01\x03\x01\x00");
    ck_assert_uint_eq(pump.primed, 7);
    ANSWERS("\x31\x03\x03\x01", "\x71\x03\x03\x01\x00");
    ANSWERS("\x31\x03\xDC\x73", "\x7F\x31\x31");
    unsigned restarts = pump.restarts;
    ANSWERS("\x11\x03", "\x51\x03");
    ck_assert_uint_eq(pump.restarts, restarts + 1);
    unlock();
    ANSWERS("\x31\x03\x03\x01", "\x7F\x31\x24");
}
END_TEST

START_TEST(its_faults_are_told_with_their_context_and_cleared)
{
    bool is_new;
    pump.now_ns = 77 * TIME_MS;
    ANSWERS("\x19\x0A", "\x59\x0A\x2F\x00\x12\x35\x00\x00\x12\x34\x00");
    int64_t before_ns = pump.now_ns;
    ck_assert(uds_server_enter_fault(&pump.server, FAULT_DRY, &is_new) && is_new);
    pump.limit = 20;
    ck_assert(uds_server_enter_fault(&pump.server, FAULT_DRY, &is_new) && !is_new);
    ck_assert_int_eq(before_ns, 97 * TIME_MS);
    ANSWERS("\x19\x02\xFF", "\x59\x02\x2F\x00\x12\x34\x2F");
    ANSWERS("\x19\x04\x00\x12\x34\xFF", "\x59\x04\x00\x12\x34\x2F\x01\x02\xD0\x00\x00\x00\x00\x61\xD0\x01\x32");
    ANSWERS("\x19\x06\x00\x12\x34\xFF", "\x59\x06\x00\x12\x34\x2F\x01\x02");
    ANSWERS("\x19\x06\x00\x9C\x05\xFF", "\x7F\x19\x31"); // one of the car's
    ANSWERS("\x14\x00\x12\x34", "\x54");
    ANSWERS("\x19\x01\xFF", "\x59\x01\x2F\x01\x00\x00");
}
END_TEST

START_TEST(fault_setting_off_enters_nothing)
{
    bool is_new = true;
    ANSWERS("\x10\x03", "\x50\x03\x00\x32\x01\xF4");
    ANSWERS("\x85\x02", "\xC5\x02");
    ck_assert(!uds_server_enter_fault(&pump.server, FAULT_HOT, &is_new) && !is_new);
    ANSWERS("\x85\x01", "\xC5\x01");
    ck_assert(uds_server_enter_fault(&pump.server, FAULT_HOT, &is_new) && is_new);
    ANSWERS("\x19\x02\xFF", "\x59\x02\x2F\x00\x12\x35\x2F");
}
END_TEST

START_TEST(it_listens_to_its_group_and_to_all)
{
    ck_assert(uds_server_listens_to(&pump.server, UDS_FUNCTIONAL_ALL));
    ck_assert(uds_server_listens_to(&pump.server, PUMP_GROUP));
    ck_assert(!uds_server_listens_to(&pump.server, UDS_FUNCTIONAL_PERSONALIZATION));
    ck_assert(!uds_server_listens_to(&pump.server, 0)); // the meter has none
    ANSWERS_ALL("\x3E\x00", "\x7E\x00");
    ANSWERS_ALL("\x22\x12\x12", "");
}
END_TEST

int main(void)
{
    const suite_group_t groups[] = {
        {"a pump",
         {identifiers_of_all_its_parts_are_read, identifiers_of_the_cars_units_are_not_there, session_ends_and_locks,
          writing_needs_session_and_key_and_is_durable_when_told, wrong_keys_are_counted_in_its_store,
          routine_runs_and_its_result_is_forgotten_at_a_reset, its_faults_are_told_with_their_context_and_cleared,
          fault_setting_off_enters_nothing, it_listens_to_its_group_and_to_all}},
    };
    return suite_run_groups("uds server foreign", groups, sizeof groups / sizeof groups[0], set_up, tear_down);
}

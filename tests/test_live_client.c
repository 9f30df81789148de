// SPDX-License-Identifier: MIT
// A live hub and the tools that attach to it: whose frames get in, what they hear, what is bounded. The car of
// synthetic units runs in real time here, its client in a process of its own.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "bus/zmq/endpoint.h"
#include "bus/kernel/pace.h"
#include "bus/zmq/socket.h"
#include "tests/hub_fixture.h"
#include "tests/suite.h"
#include "tools/live_client.h"
#include "bus/files/vehicle_file.h"

#define NOBODY "no live car at ipc://"
#define PATIENCE_NS (20 * TIME_S) // nothing here takes long, but the machine may be busy

static hub_fixture_t *car;
static error_t error;

static void set_up(void)
{
    hub_fixture_own_directory();
    car = hub_fixture_new(3, 0); // on the first bus there are two
    error_clear(&error);
}

static void tear_down(void)
{
    hub_fixture_destroy(&car);
    hub_fixture_remove_directory();
}

static hub_options_t options(bool live)
{
    return (hub_options_t){.patience_ns = 30 * TIME_S, .endpoint = hub_fixture_endpoint(), .live = live};
}

// A client of a car that begins at the same time, and on a busy machine takes long to do so; null with the error told
// when it is there and cannot be his.
static live_client_t *client_of(const vehicle_t *vehicle)
{
    live_client_t *self = NULL;
    strcpy(error.text, NOBODY);
    for (int i = 0; i < 20 && !self && strstr(error.text, NOBODY); i++) {
        error_clear(&error);
        self = live_client_new(hub_fixture_endpoint(), vehicle, &error);
    }
    return self;
}

static live_client_t *patient_client(void)
{
    return client_of(&car->vehicle);
}

// ---- the wire ------------------------------------------------------------------------------------------------------

START_TEST(messages_of_strangers_come_back_as_they_were)
{
    static uint8_t body[WIRE_SIZE_MAX];
    const uint8_t data[] = {1, 2, 3};
    can_frame_t frame = frame_make(0x6F1, data, 3), read;
    size_t size = wire_encode_stranger(&frame, body);
    ck_assert(wire_decode_stranger(&read, body, size) && frame_equal(&frame, &read));
    for (size_t less = 0; less < size; less++) ck_assert(!wire_decode_stranger(&read, body, less));
    for (int version = 0; version <= UINT8_MAX; version++) { // it is the same as in version 1
        body[0] = (uint8_t)version;
        ck_assert_int_eq(wire_decode_stranger(&read, body, size), version >= 1 && version <= WIRE_VERSION);
    }
    body[0] = WIRE_VERSION;
    ck_assert(!wire_decode_stranger(&read, body, size + 1));
    uint64_t definitions;
    int64_t time_ns;
    size = wire_encode_attached(UINT64_C(0xFEDCBA9876543210), 77, body);
    ck_assert(!wire_decode_stranger(&read, body, size));
    ck_assert(wire_decode_attached(&definitions, &time_ns, body, size));
    ck_assert(definitions == UINT64_C(0xFEDCBA9876543210) && time_ns == 77);
    for (size_t less = 0; less < size; less++) ck_assert(!wire_decode_attached(&definitions, &time_ns, body, less));
}
END_TEST

// ---- the car in real time ------------------------------------------------------------------------------------------

static int64_t read_clock(void)
{
    return socket_clock_ms() * TIME_MS;
}

// The player: whatever strangers want to send.
static bool let_in(void *self, kernel_t *kernel)
{
    (void)self;
    can_frame_t frame;
    for (uint8_t bus = 0; bus < car->vehicle.bus_count; bus++)
        while (kernel_bus(kernel, bus)->nodes[KERNEL_STRANGER].used != UINT32_MAX &&
               hub_take_stranger(car->hub, bus, &frame))
            kernel_inject(kernel, bus, &frame);
    return true;
}

// Until the process has ended; returns its exit status.
static int live_until_ended(pid_t process)
{
    pace_t pace;
    pace_begin(&pace, read_clock());
    car->simulation.player.step = let_in;
    int status = 0;
    while (waitpid(process, &status, WNOHANG) == 0) {
        int64_t now_ns = pace_look(&pace, read_clock());
        if (hub_has_stranger(car->hub, 0) || hub_has_stranger(car->hub, 1)) kernel_wake_player(car->kernel, now_ns);
        ck_assert_msg(hub_fixture_run(car, now_ns), "%s", car->error.text);
        ck_assert_msg(hub_wait(car->hub, NULL, TIME_MS, &car->error), "%s", car->error.text);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int tell(const char *what)
{
    fprintf(stderr, "client: %s %s\n", what, error.text);
    return 1;
}

// Forked before there is a hub, so that no thread of ZeroMQ's is lost.
static int run_client(int (*client)(live_client_t *self))
{
    pid_t process = fork();
    if (process == 0) {
        live_client_t *self = patient_client();
        int status = self ? client(self) : tell("no car:");
        live_client_destroy(&self);
        _exit(status);
    }
    ck_assert_msg(hub_fixture_use_hub(car, options(true)), "%s", car->error.text);
    return live_until_ended(process);
}

static int hear_frames(live_client_t *self)
{
    if (!live_client_listen(self, 0, SYNTHETIC_ID, false, &error)) return tell("listen:");
    int64_t last_ns = -1;
    for (int i = 0; i < 20; i++) {
        live_client_frame_t frame;
        if (live_client_receive(self, PATIENCE_NS, &frame) != LIVE_CLIENT_FRAME) return tell("nothing is heard");
        if (frame.bus != 0 || frame.frame.id != SYNTHETIC_ID || frame.stranger) return tell("another frame is heard");
        if (frame.time_ns <= last_ns) return tell("time goes backwards");
        last_ns = frame.time_ns;
    }
    return 0;
}

START_TEST(a_client_hears_what_it_listens_for_and_nothing_else)
{
    ck_assert_int_eq(run_client(hear_frames), 0);
}
END_TEST

static int send_frames(live_client_t *self)
{
    if (!live_client_listen(self, 1, 0x0A1, false, &error)) return tell("listen:");
    for (uint8_t i = 0; i < 50; i++) {
        can_frame_t sent = frame_make(0x0A1, &i, 1);
        live_client_send(self, 1, &sent);
        live_client_frame_t frame;
        if (live_client_receive(self, PATIENCE_NS, &frame) != LIVE_CLIENT_FRAME) return tell("it does not come back");
        if (!frame.stranger || frame.bus != 1 || !frame_equal(&sent, &frame.frame)) return tell("another comes back");
    }
    return 0;
}

START_TEST(a_frame_that_was_sent_comes_back_when_the_bus_has_carried_it)
{
    ck_assert_int_eq(run_client(send_frames), 0);
    ck_assert_uint_eq(hub_figures(car->hub).strangers, 50);
    ck_assert_ptr_nonnull(strstr(car->text, " stranger frame 1 0A1#31\n"));
}
END_TEST

static int ask_nobody(live_client_t *self)
{
    const uint8_t request[] = {0x3E, 0x00};
    uds_step_t step = {.kind = UDS_STEP_REQUEST, .bytes = request, .size = sizeof request};
    uds_answer_t answer;
    for (int i = 0; i < 2; i++) { // it can be asked again
        if (!live_client_ask(self, 0x33, &step, &answer, &error)) return tell("ask:");
        if (answer.outcome != UDS_OUTCOME_SILENT) return tell("somebody answers");
    }
    return 0;
}

START_TEST(a_unit_that_does_not_answer_is_silent_and_hangs_nobody)
{
    ck_assert_int_eq(run_client(ask_nobody), 0);
    ck_assert_ptr_nonnull(strstr(car->text, " stranger frame 0 6F1#33023E00\n"));
}
END_TEST

static int wait_for_end(live_client_t *self)
{
    live_client_frame_t frame;
    if (live_client_receive(self, PATIENCE_NS, &frame) != LIVE_CLIENT_GONE) return tell("the end is not told");
    if (live_client_listen(self, 0, 1, false, &error)) return tell("a car that is gone listens");
    return strstr(error.text, "the car was switched off") ? 0 : tell("other words:");
}

START_TEST(a_client_is_told_when_the_car_is_switched_off_or_breaks_off)
{
    int attached[2]; // open as long as the client has not attached
    ck_assert_int_eq(pipe(attached), 0);
    pid_t process = fork();
    if (process == 0) {
        live_client_t *self = patient_client();
        close(attached[1]);
        _exit(self ? wait_for_end(self) : tell("no car:"));
    }
    pid_t driver = fork();
    if (driver == 0) {
        close(attached[1]); // units would hold it open
        if (!hub_fixture_use_hub(car, options(true))) _exit(1);
        int64_t began_ms = socket_clock_ms();
        for (struct pollfd end = {.fd = attached[0]}; poll(&end, 1, 0) == 0;)
            if (!hub_fixture_run(car, (socket_clock_ms() - began_ms) * TIME_MS) ||
                !hub_wait(car->hub, NULL, TIME_MS, &car->error))
                _exit(1);
        if (_i == 1) raise(SIGKILL);
        hub_destroy(&car->hub);
        _exit(0);
    }
    close(attached[0]);
    close(attached[1]);
    int status = -1;
    status = suite_wait_for(driver);
    ck_assert_int_ne(status, -1);
    ck_assert(_i == 1 ? WIFSIGNALED(status) : status == 0);
    status = suite_wait_for(process);
    ck_assert_int_ne(status, -1);
    ck_assert_int_eq(status, 0);
    if (_i == 1) ck_assert(hub_fixture_use_hub(car, options(true))); // removes what the first one left
}
END_TEST

// ---- no car --------------------------------------------------------------------------------------------------------

START_TEST(without_a_car_a_client_says_so)
{
    ck_assert_ptr_null(live_client_new(hub_fixture_endpoint(), &car->vehicle, &error));
    ck_assert_ptr_nonnull(strstr(error.text, NOBODY));
}
END_TEST

static int run_is_no_car(void)
{
    if (client_of(&car->vehicle)) return tell("a run in virtual time is taken for a car");
    return strstr(error.text, "there is a run in virtual time, no live car") ? 0 : tell("other words:");
}

START_TEST(a_run_in_virtual_time_is_no_live_car_and_takes_no_frames)
{
    pid_t process = fork();
    if (process == 0) _exit(run_is_no_car());
    ck_assert_msg(hub_fixture_use_hub(car, options(false)), "%s", car->error.text);
    int status = -1;
    for (int64_t until_ns = TIME_MS; waitpid(process, &status, WNOHANG) == 0; until_ns += 100 * TIME_US)
        ck_assert_msg(hub_fixture_run(car, until_ns), "%s", car->error.text);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(hub_figures(car->hub).strangers, 0);
}
END_TEST

static int meet_other_car(void)
{
    vehicle_t *other = calloc(1, sizeof *other);
    if (!other || !vehicle_file_load(other, "e65", NULL, &error)) return tell("no vehicle:");
    if (client_of(other)) return tell("another vehicle is taken");
    return strstr(error.text, "the car has another vehicle file or DBC") ? 0 : tell("other words:");
}

START_TEST(a_car_of_another_vehicle_is_told_from_ours)
{
    pid_t process = fork();
    if (process == 0) _exit(meet_other_car());
    ck_assert_msg(hub_fixture_use_hub(car, options(true)), "%s", car->error.text);
    ck_assert_int_eq(live_until_ended(process), 0);
}
END_TEST

// ---- those who mean no good ----------------------------------------------------------------------------------------

// More frames than there is room for, and some that are none.
static int flood(void)
{
    endpoint_t names;
    live_client_t *car_is_there = patient_client();
    if (!car_is_there || !endpoint_parse(&names, hub_fixture_endpoint(), &error)) return tell("no car:");
    void *context = zmq_ctx_new(), *up = zmq_socket(context, ZMQ_XPUB);
    uint8_t body[WIRE_SIZE_MAX], subscription[64];
    zmq_connect(up, names.up);
    if (zmq_recv(up, subscription, sizeof subscription, 0) < 0) return 1;
    for (uint16_t i = 0; i < 900; i++) {
        can_frame_t frame = frame_make(i % 0x7FF, NULL, 0);
        size_t size = wire_encode_stranger(&frame, body);
        zmq_send(up, "stranger/one", 12, ZMQ_SNDMORE);
        zmq_send(up, body, i % 3 == 0 ? size - 1 : size, 0); // a third of them is cut short
    }
    zmq_send(up, "stranger/three", 14, ZMQ_SNDMORE);
    zmq_send(up, body, 7, 0);
    zmq_close(up);
    zmq_ctx_term(context);
    live_client_destroy(&car_is_there);
    return 0;
}

START_TEST(a_flood_of_frames_is_bounded_and_counted)
{
    pid_t process = fork();
    if (process == 0) _exit(flood());
    ck_assert_msg(hub_fixture_use_hub(car, options(true)), "%s", car->error.text);
    ck_assert_msg(hub_fixture_run(car, TIME_MS), "%s", car->error.text);
    hub_figures_t figures = hub_figures(car->hub);
    for (int i = 0; i < 30000 && figures.strangers + figures.crowded + figures.garbage < 901; i++) {
        ck_assert(hub_wait(car->hub, NULL, TIME_MS, &car->error)); // nobody takes them
        figures = hub_figures(car->hub);
    }
    ck_assert_uint_eq(figures.garbage, 301);
    ck_assert_uint_eq(figures.strangers, 256);
    ck_assert_uint_eq(figures.crowded, 344);
    can_frame_t frame;
    size_t count = 0;
    for (; hub_take_stranger(car->hub, 0, &frame); count++) ck_assert_uint_eq(frame.id, 1 + count / 2 * 3 + count % 2);
    ck_assert_uint_eq(count, 256);
    ck_assert(!hub_has_stranger(car->hub, 0) && !hub_has_stranger(car->hub, 1));
    waitpid(process, NULL, 0);
}
END_TEST

START_TEST(a_car_under_garbage_still_serves_its_clients)
{
    pid_t thrower = hub_fixture_spawn("--garbage", hub_fixture_endpoint(), NULL, NULL);
    ck_assert_int_eq(run_client(send_frames), 0);
    ck_assert_uint_gt(hub_figures(car->hub).garbage, 0);
    kill(thrower, SIGKILL);
    waitpid(thrower, NULL, 0);
}
END_TEST

START_TEST(a_unit_that_dies_while_the_car_is_quiet_is_told)
{
    ck_assert_msg(hub_fixture_use_hub(car, options(true)), "%s", car->error.text);
    ck_assert_msg(hub_fixture_run(car, TIME_MS), "%s", car->error.text);
    kill((pid_t)hub_process(car->hub, 1), SIGKILL);
    bool alive = true;
    for (int i = 0; i < 30000 && alive; i++) alive = hub_wait(car->hub, NULL, TIME_MS, &car->error);
    ck_assert(!alive);
    ck_assert_ptr_nonnull(strstr(car->error.text, "b: process was killed by signal 9 (Killed) at 0.00"));
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("live client");
    TCase *wire = tcase_create("wire"), *live = tcase_create("live");
    tcase_add_test(wire, messages_of_strangers_come_back_as_they_were);
    suite_add_tcase(suite, wire);
    tcase_set_timeout(live, 120);
    tcase_add_checked_fixture(live, set_up, tear_down);
    tcase_add_test(live, a_client_hears_what_it_listens_for_and_nothing_else);
    tcase_add_test(live, a_frame_that_was_sent_comes_back_when_the_bus_has_carried_it);
    tcase_add_test(live, a_unit_that_does_not_answer_is_silent_and_hangs_nobody);
    tcase_add_loop_test(live, a_client_is_told_when_the_car_is_switched_off_or_breaks_off, 0, 2);
    tcase_add_test(live, without_a_car_a_client_says_so);
    tcase_add_test(live, a_run_in_virtual_time_is_no_live_car_and_takes_no_frames);
    tcase_add_test(live, a_car_of_another_vehicle_is_told_from_ours);
    tcase_add_test(live, a_flood_of_frames_is_bounded_and_counted);
    tcase_add_test(live, a_car_under_garbage_still_serves_its_clients);
    tcase_add_test(live, a_unit_that_dies_while_the_car_is_quiet_is_told);
    suite_add_tcase(suite, live);
    return hub_fixture_main(argc, argv, suite);
}

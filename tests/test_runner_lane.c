// SPDX-License-Identifier: MIT
// A unit served on its lane: a grant may be here before what it names, which is waited for, and not for ever.
#include "bus/zmq/runner_lane.h"

#include <check.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus/zmq/lane.h"
#include "bus/zmq/runner_options.h"
#include "tests/scratch.h"
#include "tests/suite.h"

#define LIFE 7
#define SUB_WAIT_MS 20 // of the unit; it gives up what is missing after some of these

// A unit that sends on what it hears.
static void power_on(void *self, int64_t now_ns, const image_t *image, image_state_t state, random_t random,
                     outbox_t *outbox)
{
    (void)self, (void)now_ns, (void)image, (void)state, (void)random;
    outbox->deadline_ns = TIME_NEVER;
}

static void activate(void *self, int64_t now_ns, const node_input_t *inputs, size_t count, outbox_t *outbox)
{
    (void)self, (void)now_ns;
    for (size_t i = 0; i < count; i++)
        if (inputs[i].kind == INPUT_FRAME) outbox_send(outbox, 0, &inputs[i].frame, 0);
}

static const node_class_t REPEATER = {.name = "repeater", .size = 1, .power_on = power_on, .activate = activate};

static char directory[SCRATCH_PATH_MAX], endpoint[SCRATCH_PATH_MAX + 16];
static int lane;
static pid_t process;
static zsock_t *publisher;
static uint8_t body[WIRE_SIZE_MAX];

static _Noreturn void be_unit(int own_end)
{
    static runner_unit_t unit;
    static wire_hello_t hello = {.incarnation = LIFE, .class_name = "repeater"};
    runner_unit_init(&unit, &REPEATER);
    runner_unit_keep_bound(&unit);
    unit.incarnation = LIFE;
    zsock_t *down = socket_new(ZMQ_SUB, SUB_WAIT_MS);
    if (!down || zsock_connect(down, "%s", endpoint) != 0) _exit(RUNNER_BROKEN);
    zmq_setsockopt(zsock_resolve(down), ZMQ_SUBSCRIBE, "can/", 4);
    int status = runner_lane_serve(&unit, &hello, own_end, zsock_resolve(down));
    zsock_destroy(&down);
    zsys_shutdown();
    runner_unit_release(&unit);
    _exit(status);
}

// Until the unit's subscription has come: what is published before that is lost.
static void wait_for_subscription(void)
{
    char topic[WIRE_TOPIC_MAX + 1];
    bool begins;
    zmq_pollitem_t item = {.socket = zsock_resolve(publisher), .events = ZMQ_POLLIN};
    while (!socket_receive_subscription(zsock_resolve(publisher), topic, &begins, NULL)) zmq_poll(&item, 1, 1000);
}

static size_t hear(void)
{
    size_t size = 0;
    lane_result_t result;
    while ((result = lane_receive(lane, body, sizeof body, &size, true)) == LANE_NOTHING) continue;
    ck_assert_int_eq(result, LANE_MESSAGE);
    return size;
}

static void begin(void)
{
    int ends[2];
    scratch_make(directory);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/bus", directory);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    process = fork(); // before there is a socket of ours
    if (process == 0) {
        close(ends[0]);
        be_unit(ends[1]);
    }
    close(ends[1]);
    lane = ends[0];
    publisher = socket_new(ZMQ_XPUB, 0);
    ck_assert_ptr_nonnull(publisher);
    ck_assert_int_ge(zsock_bind(publisher, "%s", endpoint), 0);
    wire_hello_t hello;
    ck_assert(wire_decode_hello(&hello, body, hear()));
    wait_for_subscription();
    image_t image = {0};
    wire_power_on_t start = {.incarnation = LIFE, .round = 1, .state = IMAGE_NONE};
    lane_send(lane, body, wire_encode_power_on(&start, &image, body));
    hear();
}

static void end(void)
{
    int status = -1;
    if (lane >= 0) close(lane);
    ck_assert_int_eq(waitpid(process, &status, 0), process);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), RUNNER_ENDED); // end-of-file is the end
    zsock_destroy(&publisher);
    zsys_shutdown();
    scratch_remove_all(directory);
}

static void publish(uint64_t sequence, uint32_t id)
{
    char topic[WIRE_TOPIC_MAX];
    wire_public_t message = {.kind = WIRE_FRAME, .stream = 0, .sequence = sequence, .time_ns = 2 * TIME_MS};
    message.frame = frame_make(id, NULL, 0);
    size_t size = wire_encode_public(&message, body);
    socket_send(zsock_resolve(publisher), topic, wire_topic_frame("can", &message.frame, topic), body, size);
}

static void grant(uint64_t sequence)
{
    wire_grant_t message = {.incarnation = LIFE, .round = 2, .time_ns = 2 * TIME_MS, .count = 1};
    message.inputs[0] = (wire_input_t){.is_public = true, .stream = 0, .sequence = sequence, .input.kind = INPUT_FRAME};
    lane_send(lane, body, wire_encode_grant(&message, body));
}

static wire_packet_t hear_packet(outbox_t *outbox)
{
    wire_packet_t packet;
    ck_assert(wire_decode_packet(&packet, outbox, body, hear()));
    ck_assert_uint_eq(packet.round, 2);
    return packet;
}

static void sends_on(uint32_t id)
{
    static outbox_t outbox;
    ck_assert_int_eq(hear_packet(&outbox).status, WIRE_DONE);
    ck_assert_uint_eq(outbox.frame_count, 1);
    ck_assert_uint_eq(outbox.frames[0].frame.id, id);
}

START_TEST(what_is_here_before_its_grant_is_acted_on)
{
    publish(40, 0x123);
    publish(41, 0x124);
    grant(41);
    sends_on(0x124);
}
END_TEST

START_TEST(a_grant_waits_for_what_it_names)
{
    grant(41);
    publish(40, 0x123);
    publish(41, 0x124);
    sends_on(0x124);
}
END_TEST

START_TEST(what_never_comes_is_told)
{
    static outbox_t outbox;
    grant(41);
    publish(40, 0x123);
    wire_packet_t packet = hear_packet(&outbox);
    ck_assert_int_eq(packet.status, WIRE_GAP);
    ck_assert_uint_eq(packet.sequence, 41);
}
END_TEST

START_TEST(whoever_asks_whether_it_is_there_is_answered)
{
    wire_beat_t beat = {LIFE, 3}, echo;
    lane_send(lane, body, wire_encode_beat(&beat, WIRE_PING, body));
    ck_assert(wire_decode_beat(&echo, WIRE_ECHO, body, hear()));
    ck_assert_uint_eq(echo.number, 3);
}
END_TEST

START_TEST(nonsense_is_not_answered)
{
    wire_beat_t beat = {LIFE, 4}, echo;
    lane_send(lane, (const uint8_t *)"nonsense", 8);
    lane_send(lane, (const uint8_t[]){WIRE_VERSION, WIRE_GRANT, 1}, 3);
    lane_send(lane, body, wire_encode_beat(&beat, WIRE_PING, body));
    ck_assert(wire_decode_beat(&echo, WIRE_ECHO, body, hear()));
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 30);
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_test(all, what_is_here_before_its_grant_is_acted_on);
    tcase_add_test(all, a_grant_waits_for_what_it_names);
    tcase_add_test(all, what_never_comes_is_told);
    tcase_add_test(all, whoever_asks_whether_it_is_there_is_answered);
    tcase_add_test(all, nonsense_is_not_answered);
    return suite_run("runner_lane", all);
}

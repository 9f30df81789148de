// SPDX-License-Identifier: MIT
#include "tests/kernel_fixture.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

kernel_fixture_t fixture;

static const char NAMES[] = {'a', 'b', 'c', '-'};

// ---- setting up ----------------------------------------------------------------------------------------------------

static void add(const char *name, const uint8_t *buses, uint8_t bus_count, const node_ports_t *ports)
{
    ck_assert_int_ge(kernel_add_node(fixture.kernel, name, buses, bus_count, ports, NULL, IMAGE_NONE), 0);
}

static void add_nodes(void)
{
    static const uint8_t BOTH[] = {LEFT, RIGHT}, ONLY_LEFT[] = {LEFT}, ONLY_RIGHT[] = {RIGHT};
    node_ports_t ports[3] = {
        {.accept_count = 2, .accepts = {{0, false, 0x100, 0x7F0}, {1, false, 0x100, 0x7F0}}, .air = 7},
        {.accept_count = 1, .air = 1 << AIR_RF},
        {.accept_count = 1, .air = 1 << AIR_LF},
    };
    node_accept_line(&ports[A], "x");
    node_accept_line(&ports[A], "y");
    node_accept_line(&ports[B], "x");
    node_accept_line(&ports[B], "y");
    node_accept_line(&ports[B], "z");
    node_accept_line(&ports[C], "y");
    node_accept_line(&ports[C], "x");
    add("a", BOTH, 2, &ports[A]);
    add("b", ONLY_LEFT, 1, &ports[B]);
    add("c", ONLY_RIGHT, 1, &ports[C]);
}

void kernel_fixture_set_up(void)
{
    kernel_fixture_tear_down();
    memset(&fixture, 0, sizeof fixture);
    fixture.vehicle.bus_count = 2;
    fixture.vehicle.buses[LEFT].bit_rate = fixture.vehicle.buses[RIGHT].bit_rate = 100000;
    fixture.kernel = malloc(kernel_size());
    ck_assert_ptr_nonnull(fixture.kernel);
    memset(fixture.kernel, 0xA5, kernel_size()); // every test runs in storage that held something else
    kernel_init(fixture.kernel, &fixture.vehicle, 1);
    for (int i = 0; i < 3; i++) outbox_clear(&fixture.power_on[i]);
    add_nodes();
    kernel_start(fixture.kernel);
}

void kernel_fixture_tear_down(void)
{
    free(fixture.kernel);
    fixture.kernel = NULL;
}

void kernel_fixture_plan(int64_t at_ns, uint8_t who, void (*act)(outbox_t *outbox))
{
    ck_assert_uint_lt(fixture.plan_count, KERNEL_FIXTURE_PLANS_MAX);
    fixture.plans[fixture.plan_count++] = (kernel_fixture_plan_t){at_ns, who, act};
}

static int64_t next_plan(uint8_t who, int64_t after_ns)
{
    int64_t next_ns = TIME_NEVER;
    for (size_t i = 0; i < fixture.plan_count; i++)
        if (fixture.plans[i].who == who && fixture.plans[i].at_ns > after_ns)
            next_ns = time_earlier(next_ns, fixture.plans[i].at_ns);
    return next_ns;
}

static void carry_out(uint8_t who, int64_t now_ns, outbox_t *outbox)
{
    for (size_t i = 0; i < fixture.plan_count; i++)
        if (fixture.plans[i].who == who && fixture.plans[i].at_ns == now_ns) fixture.plans[i].act(outbox);
}

// ---- writing down --------------------------------------------------------------------------------------------------

__attribute__((format(printf, 3, 4))) static void note(char *text, size_t *length, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(text + *length, KERNEL_FIXTURE_TEXT_MAX - *length, format, arguments);
    va_end(arguments);
    ck_assert_int_ge(written, 0);
    *length += (size_t)written;
    ck_assert_uint_lt(*length, KERNEL_FIXTURE_TEXT_MAX);
}

#define HEAR(...) note(fixture.heard, &fixture.heard_length, __VA_ARGS__)
#define SEE(...) note(fixture.seen, &fixture.seen_length, __VA_ARGS__)

static void note_input(uint8_t node, const node_input_t *input)
{
    static const char *const AIR[] = {"rf", "rf-end", "lf"};
    char text[FRAME_TEXT_MAX];
    HEAR("%lld %c ", (long long)(kernel_now(fixture.kernel) / TIME_US), NAMES[node]);
    switch ((node_input_kind_t)input->kind) {
    case INPUT_BUS_AWAKE:
        HEAR("awake %u\n", input->bus);
        break;
    case INPUT_BUS_ASLEEP:
        HEAR("asleep %u\n", input->bus);
        break;
    case INPUT_BUS_PASSIVE:
        HEAR("passive %u\n", input->bus);
        break;
    case INPUT_BUS_OFF:
        HEAR("off %u\n", input->bus);
        break;
    case INPUT_BUS_ACTIVE:
        HEAR("active %u\n", input->bus);
        break;
    case INPUT_SENT:
        HEAR("sent %u %s\n", input->bus, frame_format(&input->frame, text));
        break;
    case INPUT_NOT_SENT:
        HEAR("not sent %u %s\n", input->bus, frame_format(&input->frame, text));
        break;
    case INPUT_FRAME:
        HEAR("frame %u %s\n", input->bus, frame_format(&input->frame, text));
        break;
    case INPUT_LINE:
        HEAR("line %u %s %lld\n", input->line.line, input->line.momentary ? "says" : "is",
             (long long)input->line.value);
        break;
    case INPUT_AIR:
        HEAR("%s %u %.*s\n", AIR[input->air.channel], input->air.transmission, input->air.size,
             (const char *)input->air.bytes);
        break;
    case INPUT_STORED:
        HEAR("stored\n");
        break;
    case INPUT_DEADLINE:
        HEAR("deadline\n");
        break;
    }
}

static void note_event(const kernel_event_t *event)
{
    char text[FRAME_TEXT_MAX];
    SEE("%lld %s ", (long long)(event->time_ns / TIME_US), kernel_node_name(fixture.kernel, event->node));
    switch ((kernel_event_kind_t)event->kind) {
    case EVENT_FRAME:
        SEE("frame %u %s\n", event->bus, frame_format(&event->frame, text));
        break;
    case EVENT_ERROR:
        SEE("error %u %s\n", event->bus, frame_format(&event->frame, text));
        break;
    case EVENT_LINE:
        SEE("line %s %lld\n", kernel_line_name(fixture.kernel, event->line), (long long)event->value);
        break;
    case EVENT_AIR:
        SEE("air %u\n", event->air.channel);
        break;
    case EVENT_POWER:
        SEE("power %lld\n", (long long)event->value);
        break;
    case EVENT_BUS:
        SEE("bus %u %lld\n", event->bus, (long long)event->value);
        break;
    case EVENT_LOG:
        SEE("log %u\n", event->log.code);
        break;
    case EVENT_STATE:
        SEE("state %u %lld\n", event->bus, (long long)event->value);
        break;
    }
}

void kernel_fixture_forget(void)
{
    fixture.heard_length = fixture.seen_length = 0;
    fixture.heard[0] = fixture.seen[0] = '\0';
}

// ---- an instant ----------------------------------------------------------------------------------------------------

static void activate(void)
{
    static outbox_t outboxes[3];
    const kernel_activation_t *activations;
    size_t count = kernel_activations(fixture.kernel, &activations);
    int64_t now_ns = kernel_now(fixture.kernel);
    for (size_t i = 0; i < count; i++) {
        uint8_t node = activations[i].node;
        for (size_t k = 0; k < activations[i].count; k++) note_input(node, &activations[i].inputs[k]);
        outbox_clear(&outboxes[i]);
        outboxes[i].deadline_ns = next_plan(node, now_ns);
        carry_out(node, now_ns, &outboxes[i]);
    }
    for (size_t i = 0; i < count; i++) kernel_merge(fixture.kernel, activations[i].node, &outboxes[i]);
}

static void play(void)
{
    const kernel_event_t *events;
    size_t count = kernel_events(fixture.kernel, &events);
    for (size_t i = 0; i < count; i++) note_event(&events[i]);
    carry_out(PLAYER, kernel_now(fixture.kernel), NULL);
    kernel_wake_player(fixture.kernel, next_plan(PLAYER, kernel_now(fixture.kernel)));
}

static void power(void)
{
    kernel_power_request_t request;
    while (kernel_next_power(fixture.kernel, &request)) {
        if (request.state != POWER_ON) continue;
        kernel_power_on_t start = kernel_power_on(fixture.kernel, request.node);
        fixture.random[request.node] = start.random;
        fixture.image_value[request.node] =
            start.state == IMAGE_PRESENT ? image_get(start.image, "value", -1, NULL, -1) : -1;
        outbox_t outbox = fixture.power_on[request.node];
        outbox.deadline_ns = next_plan(request.node, kernel_now(fixture.kernel));
        kernel_merge(fixture.kernel, request.node, &outbox);
    }
}

void kernel_fixture_run_to(int64_t until_ns)
{
    while (kernel_begin(fixture.kernel, until_ns)) {
        ck_assert_int_le(kernel_now(fixture.kernel), until_ns);
        activate();
        play();
        power();
        kernel_end(fixture.kernel);
    }
}

// ---- frames --------------------------------------------------------------------------------------------------------

can_frame_t kernel_fixture_frame(const char *text)
{
    can_frame_t frame = {0};
    ck_assert_msg(frame_parse(text, &frame), "%s", text);
    return frame;
}

void kernel_fixture_send(outbox_t *outbox, uint8_t bus, const char *text, uint8_t flags)
{
    can_frame_t frame = kernel_fixture_frame(text);
    ck_assert(outbox_send(outbox, bus, &frame, flags));
}

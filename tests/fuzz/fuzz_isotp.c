// SPDX-License-Identifier: MIT
// libFuzzer target: two ISO-TP links that talk to each other over a bus in the fuzzer's hands, and hear its own frames.
//
// The first three bytes configure; then each step is one byte, its low three bits say what happens:
//   0  time passes: the next two bytes, little-endian, in units of 50 us
//   1  a frame of the fuzzer's is heard: length 0 .. 8 in bits 4-7 (more than 8 is cut), then its data;
//      byte 0 is counted from the link's address, so that 0 reaches it
//   2  the frame that waits is carried and heard      3  … is carried and lost      4  … is lost by the host
//   5  link 0 or 1 (bit 3) sends a message of the next two bytes' size
//   6  the frame that waits is carried, and heard twice
//   7  link 0 or 1 (bit 3) releases its message
#include "bus/diagnosis/isotp.h"

#include <stdlib.h>
#include <string.h>

#define UNIT_NS (50 * TIME_US)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *data;
    size_t size;
    int64_t now_ns;
    isotp_t *links[2];
    bool waits[2];
    can_frame_t waiting[2];
} bench_t;

static isotp_t links[2];
static uint8_t message[ISOTP_PAYLOAD_MAX];

static void check(bool holds)
{
    if (!holds) abort();
}

static uint8_t take(bench_t *self)
{
    if (self->size == 0) return 0;
    self->size--;
    return *self->data++;
}

static size_t take_16(bench_t *self)
{
    size_t low = take(self);
    return low | (size_t)take(self) << 8;
}

static void check_link(isotp_t *link)
{
    const uint8_t *payload;
    size_t size;
    volatile uint8_t sum = 0;
    if (isotp_received(link, &payload, &size)) {
        check(size >= 1 && size <= ISOTP_PAYLOAD_MAX);
        for (size_t i = 0; i < size; i++) sum = (uint8_t)(sum + payload[i]);
    }
    check(isotp_take_first_frame(link) <= ISOTP_PAYLOAD_MAX);
    check(isotp_take_send_result(link) <= ISOTP_UNEXPECTED && isotp_take_receive_result(link) <= ISOTP_UNEXPECTED);
}

static void check_frame(const can_frame_t *frame)
{
    check(!frame->extended && !frame->remote && frame->length >= 3 && frame->length <= FRAME_DATA_MAX);
    check((frame->id == 0x6F1 && frame->data[0] == 0x40) || (frame->id == 0x640 && frame->data[0] == 0xF1));
}

static void settle(bench_t *self)
{
    for (int i = 0; i < 2; i++) {
        can_frame_t frame;
        isotp_tick(self->links[i], self->now_ns);
        if (isotp_pull(self->links[i], self->now_ns, &frame)) {
            check_frame(&frame);
            self->waiting[i] = frame;
            self->waits[i] = true;
            check(!isotp_pull(self->links[i], self->now_ns, &frame));
        }
        check(isotp_deadline(self->links[i]) > self->now_ns);
        check_link(self->links[i]);
    }
}

static void pass_time(bench_t *self, int64_t until_ns)
{
    for (;;) {
        int64_t next_ns = time_earlier(isotp_deadline(self->links[0]), isotp_deadline(self->links[1]));
        self->now_ns = time_earlier(next_ns, until_ns);
        settle(self);
        if (self->now_ns == until_ns) return;
    }
}

static void hear(bench_t *self, uint8_t step)
{
    uint8_t bytes[FRAME_DATA_MAX] = {0};
    uint8_t length = step >> 4 > FRAME_DATA_MAX ? FRAME_DATA_MAX : step >> 4;
    for (uint8_t i = 0; i < length; i++) bytes[i] = take(self);
    int to = step >> 3 & 1;
    bytes[0] = (uint8_t)(bytes[0] + (to ? 0xF1 : 0x40));
    can_frame_t frame = frame_make(to ? 0x640 : 0x6F1, bytes, length);
    isotp_accept(self->links[to], &frame, self->now_ns);
}

static void carry(bench_t *self, int from, int copies)
{
    if (!self->waits[from]) return;
    self->waits[from] = false;
    isotp_sent(self->links[from], &self->waiting[from], self->now_ns);
    for (int i = 0; i < copies; i++) check(isotp_accept(self->links[!from], &self->waiting[from], self->now_ns));
}

static void lose(bench_t *self, int from)
{
    if (self->waits[from]) isotp_not_sent(self->links[from], &self->waiting[from], self->now_ns);
    self->waits[from] = false;
}

static void act(bench_t *self)
{
    uint8_t step = take(self);
    int which = step >> 3 & 1;
    switch (step & 7) {
    case 0:
        pass_time(self, self->now_ns + 1 + (int64_t)take_16(self) * UNIT_NS);
        break;
    case 1:
        hear(self, step);
        break;
    case 2:
        carry(self, which, 1);
        break;
    case 3:
        carry(self, which, 0);
        break;
    case 4:
        lose(self, which);
        break;
    case 5:
        isotp_send(self->links[which], message, take_16(self), self->now_ns);
        break;
    case 6:
        carry(self, which, 2);
        break;
    default:
        isotp_release(self->links[which]);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bench_t bench = {.data = data, .size = size, .links = {&links[0], &links[1]}};
    isotp_config_t unit = {.tx_id = 0x640, .rx_id = 0x6F1, .tx_address = 0xF1, .rx_address = 0x40};
    isotp_config_t tester = {.tx_id = 0x6F1, .rx_id = 0x640, .tx_address = 0x40, .rx_address = 0xF1};
    uint8_t options = take(&bench);
    unit.padding = options & 1;
    unit.functional = options & 2;
    tester.wait_maximum = options >> 4;
    unit.block_size = take(&bench);
    unit.st_min = take(&bench);
    isotp_init(&links[0], &unit);
    isotp_init(&links[1], &tester);
    settle(&bench);
    while (bench.size > 0) {
        act(&bench);
        settle(&bench);
    }
    return 0;
}

// SPDX-License-Identifier: MIT
// Every decoder on any bytes; what one accepts must encode to the very bytes it was read from.
#include <assert.h>
#include <string.h>

#include "bus/zmq/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t again[WIRE_SIZE_MAX];
static image_t image;
static outbox_t outbox;

static void check(bool accepted, size_t wrote, const uint8_t *data, size_t size)
{
    if (accepted) assert(wrote == size && memcmp(again, data, size) == 0);
}

static void check_down(const uint8_t *data, size_t size)
{
    static wire_public_t message;
    static wire_welcome_t welcome;
    static wire_refuse_t refuse;
    static wire_power_on_t start;
    static wire_grant_t grant;
    bool good = wire_decode_public(&message, data, size);
    check(good, good ? wire_encode_public(&message, again) : 0, data, size);
    good = wire_decode_welcome(&welcome, data, size);
    check(good, good ? wire_encode_welcome(&welcome, again) : 0, data, size);
    good = wire_decode_refuse(&refuse, data, size);
    check(good, good ? wire_encode_refuse(&refuse, again) : 0, data, size);
    good = wire_decode_power_on(&start, &image, data, size);
    check(good, good ? wire_encode_power_on(&start, &image, again) : 0, data, size);
    good = wire_decode_grant(&grant, data, size);
    check(good, good ? wire_encode_grant(&grant, again) : 0, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static wire_hello_t hello;
    static wire_packet_t packet;
    if (size > WIRE_SIZE_MAX) return 0;
    check_down(data, size);
    bool good = wire_decode_hello(&hello, data, size);
    check(good, good ? wire_encode_hello(&hello, again) : 0, data, size);
    good = wire_decode_packet(&packet, &outbox, data, size);
    check(good, good ? wire_encode_packet(&packet, &outbox, again) : 0, data, size);
    return 0;
}

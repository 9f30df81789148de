// SPDX-License-Identifier: MIT
// libFuzzer target: the text of a DBC file, read strictly and leniently. The last eight bytes are also a frame's data.
// Whatever a reader keeps must be usable: each signal decodes to what its bits say when they are counted one by one,
// comes back from its number, and is shown on one line of UTF-8. What a strict reader takes, a lenient one takes too,
// and finds little to say about.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/text.h"
#include "bus/files/dbc_file.h"
#include "bus/can/frame_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) abort();
}

// Bit for bit from the least significant one: upwards in the file's numbering, or, for Motorola, from the most
// significant one downwards in each byte. Past the data are zeros.
static uint64_t count_bits(const dbc_signal_t *signal, const can_frame_t *frame)
{
    uint64_t raw = 0;
    int place = signal->start_bit;
    for (int i = 0; i < signal->length; i++) {
        uint64_t bit = place / 8 < FRAME_DATA_MAX ? frame->data[place / 8] >> place % 8 & 1u : 0;
        raw |= signal->big_endian ? bit << (signal->length - 1 - i) : bit << i;
        place += !signal->big_endian ? 1 : place % 8 == 0 ? 15 : -1;
    }
    return raw;
}

static void check_signal(const dbc_signal_t *signal, can_frame_t *frame)
{
    check(signal->length >= 1 && signal->length <= 64);
    check(strlen(signal->unit) <= DBC_UNIT_MAX && text_is_utf8(signal->unit, strlen(signal->unit)));
    int64_t raw = dbc_get(signal, frame), again;
    uint64_t mask = signal->length == 64 ? UINT64_MAX : (UINT64_C(1) << signal->length) - 1;
    check(((uint64_t)raw & mask) == count_bits(signal, frame));
    double physical = dbc_physical(signal, raw);
    if (isfinite(physical) && dbc_raw(signal, physical, &again) && signal->kind == DBC_INTEGER && signal->length <= 32)
        check(fabs(dbc_physical(signal, again) - physical) <= 0.02 * fabs(signal->factor));
    can_frame_t before = *frame;
    dbc_set(signal, frame, raw);
    check(memcmp(before.data, frame->data, sizeof before.data) == 0);
}

static void check_text(const char *text)
{
    check(text_is_utf8(text, strlen(text)));
    for (; *text; text++) check((unsigned char)*text >= 0x20 && *text != 0x7F);
}

static void check_file(const dbc_file_t *file, const uint8_t *data)
{
    static char line[FRAME_TEXT_LINE_MAX];
    const dbc_t *dbc = dbc_file_dbc(file);
    for (size_t m = 0; m < dbc->message_count; m++) {
        const dbc_message_t *message = &dbc->messages[m];
        can_frame_t frame = dbc_frame(message);
        check_text(frame_text_format(dbc, &frame, line, sizeof line));
        memcpy(frame.data, data, FRAME_DATA_MAX);
        frame.length = FRAME_DATA_MAX;
        check(dbc_message_of(dbc, &frame) == message);
        check_text(frame_text_format(dbc, &frame, line, sizeof line));
        for (size_t s = 0; s < message->signal_count; s++) {
            check(dbc_signal(message, message->signals[s].name) == &message->signals[s]);
            check_signal(&message->signals[s], &frame);
        }
    }
    for (size_t i = 0; dbc_file_warning(file, i); i++) check_text(dbc_file_warning(file, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static error_t error;
    if (size < FRAME_DATA_MAX) return 0;
    size_t length = size - FRAME_DATA_MAX;
    char *text = malloc(length ? length : 1);
    check(text != NULL);
    memcpy(text, data, length);
    error_clear(&error);
    dbc_file_t *strict = dbc_file_parse("fuzz.dbc", text, length, &error);
    check((strict != NULL) == (error.count == 0));
    error_clear(&error);
    dbc_file_t *lenient = dbc_file_parse_lenient("fuzz.dbc", text, length, &error);
    check((lenient != NULL) == (error.count == 0));
    check(!strict || lenient);
    free(text);
    if (strict) {
        check(dbc_file_dbc(strict)->message_count == dbc_file_dbc(lenient)->message_count);
        check_file(strict, data + length);
    }
    if (lenient) check_file(lenient, data + length);
    dbc_file_destroy(&strict);
    dbc_file_destroy(&lenient);
    return 0;
}

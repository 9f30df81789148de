// SPDX-License-Identifier: MIT
// Lengths on the wire are checked four ways: against the bounds that follow from the standard, against five frames
// whose stuff bits stand in a drawing, against a naive model that writes bits as characters, and at the extremes, which
// a search through all frames finds bit by bit.
#include "bus/can/frame.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/base/random.h"
#include "tests/suite.h"

#define MODEL_BITS_MAX 256
#define RANDOM_FRAMES 1000000
#define BOUNDED_FRAMES 20000

static can_frame_t parsed(const char *text)
{
    can_frame_t frame = {0};
    ck_assert_msg(frame_parse(text, &frame), "%s", text);
    return frame;
}

// ---- the naive model: the whole frame as a string of '0' and '1' ---------------------------------------------------

static void model_append(char *bits, uint32_t value, unsigned count)
{
    size_t at = strlen(bits);
    for (unsigned i = 0; i < count; i++) bits[at + i] = value >> (count - 1 - i) & 1u ? '1' : '0';
    bits[at + count] = '\0';
}

// The remainder of the polynomial division as on paper: the divisor is laid under each leading one in turn.
static uint32_t model_crc(const char *bits)
{
    static const char DIVISOR[] = "1100010110011001"; // x^15 + x^14 + x^10 + x^8 + x^7 + x^4 + x^3 + 1
    char work[MODEL_BITS_MAX];
    size_t count = strlen(bits);
    snprintf(work, sizeof work, "%s000000000000000", bits);
    for (size_t i = 0; i < count; i++) {
        if (work[i] == '0') continue;
        for (size_t j = 0; j < 16; j++) work[i + j] = work[i + j] == DIVISOR[j] ? '0' : '1';
    }
    uint32_t crc = 0;
    for (size_t i = 0; i < 15; i++) crc = crc << 1 | (work[count + i] == '1');
    return crc;
}

static void model_stuff(const char *bits, char *stuffed)
{
    size_t used = 0;
    for (; *bits; bits++) {
        stuffed[used++] = *bits;
        stuffed[used] = '\0';
        bool ones = used >= 5 && memcmp(stuffed + used - 5, "11111", 5) == 0;
        bool zeros = used >= 5 && memcmp(stuffed + used - 5, "00000", 5) == 0;
        if (ones || zeros) stuffed[used++] = ones ? '0' : '1';
        stuffed[used] = '\0';
    }
}

static unsigned model_bits(const can_frame_t *frame)
{
    char bits[MODEL_BITS_MAX] = "0";
    if (frame->extended) {
        model_append(bits, frame->id >> 18, 11);
        model_append(bits, 3, 2);
        model_append(bits, frame->id & 0x3FFFF, 18);
        model_append(bits, frame->remote ? 4 : 0, 3);
    } else {
        model_append(bits, frame->id, 11);
        model_append(bits, frame->remote ? 4 : 0, 3);
    }
    model_append(bits, frame->length, 4);
    for (unsigned i = 0; i < frame->length && !frame->remote; i++) model_append(bits, frame->data[i], 8);
    model_append(bits, model_crc(bits), 15);
    char stuffed[MODEL_BITS_MAX] = "";
    model_stuff(bits, stuffed);
    return (unsigned)strlen(stuffed) + 1 + 2 + 7; // CRC delimiter, acknowledgement, end of frame
}

START_TEST(model_has_the_crc_of_the_catalogue)
{
    char bits[MODEL_BITS_MAX] = "";
    for (const char *c = "123456789"; *c; c++) model_append(bits, (uint32_t)*c, 8);
    ck_assert_uint_eq(model_crc(bits), 0x059E); // CRC-15/CAN, check value
}
END_TEST

static can_frame_t random_frame(random_t *random)
{
    uint64_t draw = random_next(random), data = random_next(random);
    can_frame_t frame = {
        .extended = draw & 1, .remote = (draw >> 1 & 7) == 0, .length = (uint8_t)((draw >> 8) % (FRAME_DATA_MAX + 1))};
    frame.id = (uint32_t)(draw >> 32) & frame_id_max(frame.extended);
    if (draw >> 4 & 1) data &= (data >> 7) & random_next(random); // long runs
    for (unsigned j = 0; j < frame.length && !frame.remote; j++) frame.data[j] = (uint8_t)(data >> (8 * j));
    if ((draw >> 5 & 7) == 0) memset(frame.data, draw >> 6 & 1 ? 0xFF : 0, frame.remote ? 0 : frame.length);
    return frame;
}

// Every format, data and remote, of every length comes some ten thousand times.
START_TEST(length_agrees_with_the_naive_model)
{
    random_t random = random_derive(1, "frames", 0);
    unsigned drawn[2][2][FRAME_DATA_MAX + 1] = {0};
    for (int i = 0; i < RANDOM_FRAMES; i++) {
        can_frame_t frame = random_frame(&random);
        char text[FRAME_TEXT_MAX];
        unsigned bits = frame_bits(&frame), model = model_bits(&frame);
        if (bits != model) ck_abort_msg("%s: %u, model %u", frame_format(&frame, text), bits, model);
        drawn[frame.extended][frame.remote][frame.length]++;
    }
    for (size_t i = 0; i < sizeof drawn / sizeof drawn[0][0][0]; i++) ck_assert_uint_gt((&drawn[0][0][0])[i], 1000);
}
END_TEST

// ---- bounds --------------------------------------------------------------------------------------------------------

// 44 + 8 n bits without stuffing; of these 34 + 8 n can be stuffed, the first after five bits, then one every four:
// (33 + 8 n) / 4. For eight bytes 108 + 24 = 132, and 135 with the intermission.
START_TEST(length_of_every_frame_lies_within_the_standards_bounds)
{
    random_t random = random_derive(2, "bounds", 0);
    for (int i = 0; i < BOUNDED_FRAMES; i++) {
        uint64_t draw = random_next(&random);
        uint8_t length = (uint8_t)(draw % 9);
        uint8_t bytes[FRAME_DATA_MAX];
        for (int j = 0; j < FRAME_DATA_MAX; j++)
            bytes[j] = (draw >> (8 + j) & 1) ? 0x00 : (uint8_t)random_next(&random);
        can_frame_t frame = frame_make((uint32_t)(draw >> 20) & 0x7FF, bytes, length);
        ck_assert_uint_ge(frame_bits(&frame), 44u + 8u * length);
        ck_assert_uint_le(frame_bits(&frame), 44u + 8u * length + (33u + 8u * length) / 4u);
    }
    ck_assert_uint_eq(44 + 64 + (33 + 64) / 4 + FRAME_INTERMISSION_BITS, 135);
}
END_TEST

// ---- extremes ------------------------------------------------------------------------------------------------------

// All frames of a shape are written at once, bit by bit: of those that have left the same level, run and CRC the one
// with the fewest or the most stuff bits goes on, since nothing else decides what is still to come.
#define CRC_COUNT (1u << 15)
#define RUN_MAX 4
#define STATE_COUNT (2 * RUN_MAX * CRC_COUNT)

typedef struct {
    int stuffed;          // -1: no frame comes here
    uint64_t early, late; // the frame's bits, the last lowest in `late`
} path_t;

typedef struct {
    unsigned level, run, crc;
} state_t;

static state_t next_state(state_t state, unsigned bit, int *stuffed)
{
    state.run = bit == state.level ? state.run + 1 : 1;
    state.level = bit;
    state.crc = (state.crc << 1 ^ ((state.crc >> 14 ^ bit) ? 0x4599u : 0)) & (CRC_COUNT - 1);
    if (state.run <= RUN_MAX) return state;
    ++*stuffed;
    state.level = !bit;
    state.run = 1;
    return state;
}

static path_t *path_to(path_t *paths, state_t state)
{
    return &paths[(state.level * RUN_MAX + state.run - 1) * CRC_COUNT + state.crc];
}

static bool is_better(int stuffed, int known, bool most)
{
    return known < 0 || (most ? stuffed > known : stuffed < known);
}

static void write_bit(path_t *to, path_t *from, unsigned bit, bool most)
{
    for (unsigned i = 0; i < STATE_COUNT; i++) {
        path_t path = from[i];
        if (path.stuffed < 0) continue;
        state_t state = {i / CRC_COUNT / RUN_MAX, i / CRC_COUNT % RUN_MAX + 1, i % CRC_COUNT};
        path_t *next = path_to(to, next_state(state, bit, &path.stuffed));
        if (!is_better(path.stuffed, next->stuffed, most)) continue;
        *next = (path_t){path.stuffed, path.early << 1 | path.late >> 63, path.late << 1 | bit};
    }
}

// What the CRC adds is known when all before it is.
static path_t end_of_best(path_t *paths, bool most)
{
    path_t best = {.stuffed = -1};
    for (unsigned i = 0; i < STATE_COUNT; i++) {
        path_t path = paths[i];
        if (path.stuffed < 0) continue;
        state_t state = {i / CRC_COUNT / RUN_MAX, i / CRC_COUNT % RUN_MAX + 1, 0};
        for (unsigned bit = 15; bit-- > 0;) state = next_state(state, i % CRC_COUNT >> bit & 1, &path.stuffed);
        if (is_better(path.stuffed, best.stuffed, most)) best = path;
    }
    return best;
}

// A shape is a frame's bits before the CRC, '?' for those that are free.
static path_t find_extreme(const char *shape, bool most)
{
    path_t *paths = malloc(STATE_COUNT * sizeof *paths), *next = malloc(STATE_COUNT * sizeof *next);
    ck_assert(paths && next);
    for (unsigned i = 0; i < STATE_COUNT; i++) paths[i].stuffed = -1;
    *path_to(paths, (state_t){.level = 1, .run = 1}) = (path_t){0}; // idle; a start of frame ends the run
    for (; *shape; shape++) {
        for (unsigned i = 0; i < STATE_COUNT; i++) next[i].stuffed = -1;
        if (*shape != '1') write_bit(next, paths, 0, most);
        if (*shape != '0') write_bit(next, paths, 1, most);
        path_t *swapped = paths;
        paths = next;
        next = swapped;
    }
    path_t best = end_of_best(paths, most);
    free(paths);
    free(next);
    return best;
}

#define FREE_11 "???????????"
#define FREE_64 "????????????????????????????????????????????????????????????????"
#define FREE_18 "??????????????????"

static can_frame_t frame_of(const path_t *path, bool extended, uint8_t length)
{
    can_frame_t frame = {.extended = extended, .length = length};
    uint64_t header = path->late; // of a frame without data
    for (uint8_t i = 0; i < length; i++) frame.data[i] = (uint8_t)(path->late >> (8 * (7 - i)));
    if (length > 0) header = path->early;
    frame.id = extended ? (uint32_t)(header >> 27 & 0x7FF) << 18 | (header >> 7 & 0x3FFFF) : header >> 7 & 0x7FF;
    return frame;
}

START_TEST(best_and_worst_frames_have_the_stuff_bits_that_a_search_finds)
{
    static const struct {
        const char *shape; // start of frame, identifier, RTR …, DLC, data
        bool extended;
        uint8_t length;
        int least, most; // stuff bits
    } CASES[] = {
        {"0" FREE_11 "0000000", false, 0, 1, 6},
        {"0" FREE_11 "0001000" FREE_64, false, 8, 0, 22},
        {"0" FREE_11 "11" FREE_18 "0000000", true, 0, 1, 11},
        {"0" FREE_11 "11" FREE_18 "0001000" FREE_64, true, 8, 0, 27},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        for (int most = 0; most <= 1; most++) {
            path_t path = find_extreme(CASES[i].shape, most);
            can_frame_t frame = frame_of(&path, CASES[i].extended, CASES[i].length);
            unsigned bits = (unsigned)strlen(CASES[i].shape) + 15 + (unsigned)path.stuffed + 10;
            ck_assert_uint_eq(frame_bits(&frame), bits);
            ck_assert_uint_eq(model_bits(&frame), bits);
            ck_assert_int_eq(path.stuffed, most ? CASES[i].most : CASES[i].least);
        }
    }
}
END_TEST

// Of all data frames with an 11-bit identifier and eight bytes these two are the extremes that such a search finds. The
// bound's 24 stuff bits are reached by none: RTR, IDE and r0 are 000 and the DLC 1000, where the worst bit string has
// four ones after four zeros.
START_TEST(best_and_worst_frame_have_no_and_22_stuff_bits)
{
    can_frame_t best = parsed("619#92AAAAAAAAAAAAAA");
    can_frame_t worst = parsed("078#01E1E1E1E1E1E00F");
    ck_assert_uint_eq(frame_bits(&best), 108);
    ck_assert_uint_eq(frame_bits(&best) + FRAME_INTERMISSION_BITS, 111);
    ck_assert_uint_eq(frame_bits(&worst), 130);
    ck_assert_uint_eq(model_bits(&best), 108);
    ck_assert_uint_eq(model_bits(&worst), 130);
}
END_TEST

// ---- five real frames, drawn ---------------------------------------------------------------------------------------

// SOF, identifier, RTR IDE r0, DLC, data, CRC; a stuff bit in parentheses stands behind five equal bits, and is itself
// the first of the next run. The total is plain bits + stuff bits + 10 (delimiters, acknowledgement, end of frame).
START_TEST(five_real_frames_have_the_length_of_their_drawing)
{
    static const struct {
        const char *text;
        unsigned plain, stuffed;
    } FRAMES[] = {
        // 0 01000111010 000 0(1)100 00100010 00110000 0(1)00000(1)01 01100010 010101011100011
        //   RTR IDE r0 and the DLC's first 0 make four zeros after the identifier's last: five. CRC 0x2AE3.
        {"23A#22300162", 66, 3},
        // 0 01000111010 000 0(1)100 000(1)00000(1) 0011111(0)1 1111(0)1111 00100000(1) 1111(0)11110100101
        //   the DLC's 00 and the data's 000 make five, then the data goes on with five more. CRC 0x7FA5.
        {"23A#003FFF20", 66, 7},
        // 0 00100110000 0(1)00 0101 01000101 0100000(1)0 0000(1)1001 0100000(1)0 01110111 010110011000100
        //   the identifier ends with 0000, RTR is the fifth. CRC 0x2CC4.
        {"130#4540094077", 74, 4},
        // 0 01010100000(1) 000 1000 00(1)010001 00010001 00010001 00000(1)000 00(1)00000(1)0 0000(1)0000
        //   0(1)00000(1)00 000(1)00000(1) 0010000100000(1)11
        //   after the five zeros of the data's fourth byte a stuff bit follows every five zeros. CRC 0x1083.
        {"2A0#1111110000000000", 98, 11},
        // 0 11011110001 000 0101 0100000(1)0 0000(1)0011 00100010 11110001 10010000 100111001100100
        //   four ones in the identifier are one too few. CRC 0x4E64.
        {"6F1#400322F190", 74, 2},
    };
    for (size_t i = 0; i < sizeof FRAMES / sizeof *FRAMES; i++) {
        can_frame_t frame = parsed(FRAMES[i].text);
        ck_assert_uint_eq(FRAMES[i].plain, 34u + 8u * frame.length);
        ck_assert_msg(frame_bits(&frame) == FRAMES[i].plain + FRAMES[i].stuffed + 10, "%s: %u bits", FRAMES[i].text,
                      frame_bits(&frame));
    }
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, model_has_the_crc_of_the_catalogue);
    tcase_add_test(all, length_agrees_with_the_naive_model);
    tcase_add_test(all, length_of_every_frame_lies_within_the_standards_bounds);
    tcase_add_test(all, best_and_worst_frames_have_the_stuff_bits_that_a_search_finds);
    tcase_add_test(all, best_and_worst_frame_have_no_and_22_stuff_bits);
    tcase_add_test(all, five_real_frames_have_the_length_of_their_drawing);
    return suite_run("frame_length", all);
}

// SPDX-License-Identifier: MIT
#include "bus/base/time.h"

#include <assert.h>
#include <string.h>

#define FRACTION_DIGITS_MAX 18 // what an int64_t holds; more than 11 are never whole nanoseconds, even of a minute

typedef struct {
    char name[4];
    int64_t unit_ns;
} time_unit_t;

static const time_unit_t TIME_UNITS[] = {{"us", TIME_US}, {"ms", TIME_MS}, {"s", TIME_S}, {"min", TIME_MIN}};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Reads digits up to a value that is certainly too large; null when there is no digit.
static const char *read_whole(const char *text, int64_t *whole)
{
    if (!is_digit(*text)) return NULL;
    *whole = 0;
    for (; is_digit(*text); text++) {
        if (*whole <= TIME_PARSED_MAX_NS) *whole = *whole * 10 + (*text - '0');
    }
    return text;
}

// Reads the digits behind the point as numerator / power of ten, trailing zeros left out; null when there are none or
// too many.
static const char *read_fraction(const char *text, int64_t *numerator, int64_t *denominator)
{
    if (!is_digit(*text)) return NULL;
    int digits = 0;
    int zeros = 0;
    for (; is_digit(*text); text++) {
        if (*text == '0') {
            zeros++;
            continue;
        }
        for (; zeros >= 0; zeros--, digits++) {
            if (digits == FRACTION_DIGITS_MAX) return NULL;
            *numerator *= 10;
            *denominator *= 10;
        }
        *numerator += *text - '0';
        zeros = 0;
    }
    return text;
}

static int64_t read_unit(const char *text)
{
    for (size_t i = 0; i < sizeof TIME_UNITS / sizeof *TIME_UNITS; i++) {
        if (strcmp(text, TIME_UNITS[i].name) == 0) return TIME_UNITS[i].unit_ns;
    }
    return 0;
}

bool time_parse(const char *text, int64_t *time_ns)
{
    int64_t whole = 0;
    int64_t numerator = 0;
    int64_t denominator = 1;
    text = read_whole(text, &whole);
    if (text && *text == '.') text = read_fraction(text + 1, &numerator, &denominator);
    if (!text) return false;
    if (*text == ' ') text++;
    int64_t unit_ns = read_unit(text);
    if (unit_ns == 0 || whole > TIME_PARSED_MAX_NS / unit_ns) return false;
    // numerator * unit / denominator without overflow: the divisor common to both goes first
    int64_t common = greatest_divisor(unit_ns, denominator);
    assert(common > 0 && denominator >= common);
    denominator /= common;
    if (numerator % denominator != 0) return false;
    int64_t sum_ns = whole * unit_ns + numerator / denominator * (unit_ns / common);
    if (sum_ns > TIME_PARSED_MAX_NS) return false;
    *time_ns = sum_ns;
    return true;
}

// Behind the digits that are there; null when there is none.
static const char *skip_digits(const char *text)
{
    if (!is_digit(*text)) return NULL;
    while (is_digit(*text)) text++;
    return text;
}

bool time_is_written(const char *text)
{
    text = skip_digits(text);
    if (text && *text == '.') text = skip_digits(text + 1);
    if (!text) return false;
    if (*text == ' ') text++;
    return read_unit(text) != 0;
}

// In the largest unit that the time is no fraction of; minutes are left to people.
const char *time_write(int64_t time_ns, char text[TIME_TEXT_MAX])
{
    assert(time_ns >= 0 && time_ns <= TIME_PARSED_MAX_NS);
    const time_unit_t *unit = time_ns >= TIME_S ? &TIME_UNITS[2] : time_ns >= TIME_MS ? &TIME_UNITS[1] : &TIME_UNITS[0];
    char reversed[TIME_TEXT_MAX];
    size_t count = 0, length = 0;
    for (int64_t whole = time_ns / unit->unit_ns; whole > 0 || count == 0; whole /= 10)
        reversed[count++] = (char)('0' + whole % 10);
    while (count > 0) text[length++] = reversed[--count];
    int64_t rest = time_ns % unit->unit_ns;
    if (rest > 0) text[length++] = '.';
    for (int64_t digit_ns = unit->unit_ns / 10; rest > 0; rest %= digit_ns, digit_ns /= 10)
        text[length++] = (char)('0' + rest / digit_ns);
    text[length++] = ' ';
    memcpy(text + length, unit->name, strlen(unit->name) + 1);
    return text;
}

const char *time_format(int64_t time_ns, char text[TIME_TEXT_MAX])
{
    if (time_ns == TIME_NEVER) return memcpy(text, "never", sizeof "never");
    char reversed[TIME_TEXT_MAX];
    size_t count = 0;
    // A negative time is no time of a story, but a text for it must not be nonsense.
    uint64_t rest = time_ns < 0 ? (UINT64_C(0) - (uint64_t)time_ns) / 1000 : (uint64_t)time_ns / 1000;
    while (rest > 0 || count < 8) {
        if (count == 6) reversed[count++] = '.';
        reversed[count++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (time_ns < 0) reversed[count++] = '-';
    for (size_t i = 0; i < count; i++) text[i] = reversed[count - 1 - i];
    text[count] = '\0';
    return text;
}

// SPDX-License-Identifier: MIT
// Virtual time: int64_t nanoseconds since the story began. Pure.
#ifndef KMSIM_BUS_BASE_TIME_H
#define KMSIM_BUS_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIME_US INT64_C(1000)
#define TIME_MS (1000 * TIME_US)
#define TIME_S (1000 * TIME_MS)
#define TIME_MIN (60 * TIME_S)
#define TIME_NEVER INT64_MAX

#define TIME_PARSED_MAX_NS (1000000 * TIME_MIN)

#define TIME_TEXT_MAX 32

/// Reads a time with its unit as stories write it: "250 us", "20 ms", "1.5 s", "2 min" (the blank is optional, no
/// sign). Sets *time_ns, 0 .. TIME_PARSED_MAX_NS, exact to the nanosecond; anything else is refused with false and
/// *time_ns untouched.
bool time_parse(const char *text, int64_t *time_ns);

/// Whether the text is written like a time, so that time_parse can have refused it for its value alone: too long, or
/// no whole number of nanoseconds.
bool time_is_written(const char *text);

/// Writes a time 0 .. TIME_PARSED_MAX_NS as stories do, so that time_parse reads the same: "15 s", "1.5 ms",
/// "0.007 us". Returns text.
const char *time_write(int64_t time_ns, char text[TIME_TEXT_MAX]);

/// Writes seconds with six decimals, "12.345678", microseconds cut and not rounded; TIME_NEVER is "never". Returns
/// text.
const char *time_format(int64_t time_ns, char text[TIME_TEXT_MAX]);

/// The earlier of the two.
static inline int64_t time_earlier(int64_t a_ns, int64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

#endif

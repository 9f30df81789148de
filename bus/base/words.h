// SPDX-License-Identifier: MIT
// A text put together piece by piece, in the caller's storage. Pure but for vsnprintf.
#ifndef KMSIM_BUS_BASE_WORDS_H
#define KMSIM_BUS_BASE_WORDS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *text;          // always terminated
    size_t size, length; // length == size: it was cut
} words_t;

/// Empty words in the caller's text; what does not fit is left out, between characters and with a sign (TEXT_CUT).
words_t words_make(char *text, size_t size);

/// Appends (printf format).
void words_add(words_t *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// A time as people write it: "15 s", "1.5 s", "200 ms", "250 us".
void words_add_time(words_t *self, int64_t time_ns);

/// The choice of that index among so many, with what stands before it: "off", ", auto", " or on".
void words_add_choice(words_t *self, const char *name, size_t index, size_t count);

#endif

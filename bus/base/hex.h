// SPDX-License-Identifier: MIT
// Hex digits, without regard to a locale. Pure.
#ifndef KMSIM_BUS_BASE_HEX_H
#define KMSIM_BUS_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEX_DIGITS_ANY "0123456789abcdefABCDEF" // for strspn

/// The value of a hex digit in any case, or -1.
static inline int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

/// A number as people write identifiers, addresses and fault codes: "0x3DA", of at most 8 digits. False when the text
/// is none of these (or null).
static inline bool hex_number(const char *text, size_t digits_max, uint32_t *number)
{
    if (!text || text[0] != '0' || text[1] != 'x') return false;
    uint32_t read = 0;
    size_t digits = 0;
    for (int value; digits < digits_max && (value = hex_value(text[2 + digits])) >= 0; digits++)
        read = read << 4 | (uint32_t)value;
    if (digits == 0 || text[2 + digits] != '\0') return false;
    *number = read;
    return true;
}

#endif

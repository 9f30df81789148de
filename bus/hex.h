// SPDX-License-Identifier: MIT
// Hex digits, without regard to a locale. Pure.
#ifndef KMSIM_BUS_HEX_H
#define KMSIM_BUS_HEX_H

#define HEX_DIGITS_ANY "0123456789abcdefABCDEF" // for strspn

/// The value of a hex digit in any case, or -1.
static inline int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

#endif

// SPDX-License-Identifier: MIT
// Numbers in decimal digits, exact: what a raw value times a factor plus an offset is, without the rounding of a
// double. Only what showing decoded values needs. Pure.
//
//   digits (least first) 5 0 3     exponent -2     is  3.05
#ifndef KMSIM_BUS_CAN_DECIMAL_H
#define KMSIM_BUS_CAN_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_DIGITS_MAX 96
#define DECIMAL_TEXT_MAX 128 // room for any number of DECIMAL_DIGITS_MAX digits and its sign, point and exponent

typedef struct {
    bool negative;
    uint8_t count; // of digits, 0 for zero; the first and the last are none
    uint8_t digits[DECIMAL_DIGITS_MAX];
    int32_t exponent;
} decimal_t;

/// The whole number; as an unsigned one when that is told: -1 is then 2^64 - 1.
decimal_t decimal_whole(int64_t number, bool is_unsigned);

/// Reads "-0.5", "1E-07"; false for what is no number, or has too many digits.
bool decimal_read(decimal_t *self, const char *text);

/// Product and sum; false when they need more than DECIMAL_DIGITS_MAX digits.
bool decimal_multiply(const decimal_t *self, const decimal_t *other, decimal_t *product);
bool decimal_add(const decimal_t *self, const decimal_t *other, decimal_t *sum);

/// How many decimals the number has when it is written whole.
int32_t decimal_places(const decimal_t *self);

/// The power of ten of its first digit: 3.05 has 0, 0.0305 has -2; 0 for zero.
int32_t decimal_magnitude(const decimal_t *self);

/// Writes it with so many decimals, rounded to the nearest (halves away from zero). False when it does not fit.
bool decimal_write(const decimal_t *self, int32_t places, char text[DECIMAL_TEXT_MAX]);

/// Writes all its digits as "3.05e-12".
void decimal_write_power(const decimal_t *self, char text[DECIMAL_TEXT_MAX]);

#endif

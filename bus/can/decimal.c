// SPDX-License-Identifier: MIT
#include "bus/can/decimal.h"

#include <string.h>

#define EXPONENT_MAX 9999 // of what is read: beyond any double

// ---- digits --------------------------------------------------------------------------------------------------------

// Takes zeros away from both ends: each number is then written one way.
static void normalize(decimal_t *self)
{
    uint8_t zeros = 0;
    while (self->count > 0 && self->digits[self->count - 1] == 0) self->count--;
    while (zeros < self->count && self->digits[zeros] == 0) zeros++;
    memmove(self->digits, self->digits + zeros, self->count - zeros);
    self->count = (uint8_t)(self->count - zeros);
    self->exponent = self->count > 0 ? self->exponent + zeros : 0;
    self->negative = self->negative && self->count > 0;
}

// The digit at that power of ten.
static uint8_t digit_at(const decimal_t *self, int32_t power)
{
    int32_t at = power - self->exponent;
    return at >= 0 && at < self->count ? self->digits[at] : 0;
}

static int32_t top(const decimal_t *self)
{
    return self->exponent + self->count; // one above the power of the first digit
}

decimal_t decimal_whole(int64_t number, bool is_unsigned)
{
    decimal_t self = {.negative = number < 0 && !is_unsigned};
    uint64_t rest = self.negative ? UINT64_C(0) - (uint64_t)number : (uint64_t)number;
    for (; rest > 0; rest /= 10) self.digits[self.count++] = (uint8_t)(rest % 10);
    normalize(&self);
    return self;
}

int32_t decimal_places(const decimal_t *self)
{
    return self->exponent < 0 ? -self->exponent : 0;
}

int32_t decimal_magnitude(const decimal_t *self)
{
    return self->count > 0 ? top(self) - 1 : 0;
}

// ---- reading -------------------------------------------------------------------------------------------------------

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool read_exponent(const char *text, int32_t *exponent)
{
    bool negative = *text == '-';
    if (*text == '-' || *text == '+') text++;
    if (!is_digit(*text)) return false;
    for (*exponent = 0; is_digit(*text); text++)
        if (*exponent <= EXPONENT_MAX) *exponent = *exponent * 10 + (*text - '0');
    if (negative) *exponent = -*exponent;
    return *text == '\0';
}

bool decimal_read(decimal_t *self, const char *text)
{
    *self = (decimal_t){.negative = *text == '-'};
    if (*text == '-' || *text == '+') text++;
    bool behind_point = false, any = false;
    uint8_t count = 0;
    for (; is_digit(*text) || (*text == '.' && !behind_point); text++) {
        if (*text == '.') {
            behind_point = true;
            continue;
        }
        any = true;
        if (count == DECIMAL_DIGITS_MAX) return false;
        self->digits[count++] = (uint8_t)(*text - '0');
        self->exponent -= behind_point;
    }
    for (uint8_t i = 0; i < count / 2; i++) { // they were read first to last
        uint8_t digit = self->digits[i];
        self->digits[i] = self->digits[count - 1 - i];
        self->digits[count - 1 - i] = digit;
    }
    self->count = count;
    int32_t exponent = 0;
    bool good = any && (*text == '\0' || ((*text == 'e' || *text == 'E') && read_exponent(text + 1, &exponent)));
    self->exponent += exponent;
    normalize(self);
    return good;
}

// ---- arithmetic ----------------------------------------------------------------------------------------------------

bool decimal_multiply(const decimal_t *self, const decimal_t *other, decimal_t *product)
{
    *product = (decimal_t){.negative = self->negative != other->negative, .exponent = self->exponent + other->exponent};
    if (self->count + other->count > DECIMAL_DIGITS_MAX) return false;
    for (uint8_t i = 0; i < self->count; i++) {
        unsigned carry = 0;
        for (uint8_t k = 0; k < other->count || carry > 0; k++) {
            uint8_t *digit = &product->digits[i + k];
            carry += *digit + (k < other->count ? (unsigned)self->digits[i] * other->digits[k] : 0);
            *digit = (uint8_t)(carry % 10);
            carry /= 10;
        }
    }
    product->count = (uint8_t)(self->count + other->count);
    normalize(product);
    return true;
}

// Which of two numbers is larger, whatever their signs.
static bool is_larger(const decimal_t *self, const decimal_t *other)
{
    if (self->count == 0 || other->count == 0) return other->count == 0;
    if (top(self) != top(other)) return top(self) > top(other);
    for (int32_t power = top(self) - 1; power >= self->exponent || power >= other->exponent; power--) {
        uint8_t a = digit_at(self, power), b = digit_at(other, power);
        if (a != b) return a > b;
    }
    return true;
}

bool decimal_add(const decimal_t *self, const decimal_t *other, decimal_t *sum)
{
    if (!is_larger(self, other)) {
        const decimal_t *smaller = self;
        self = other;
        other = smaller;
    }
    *sum = *self;
    if (other->count == 0) return true;
    int32_t low = self->exponent < other->exponent ? self->exponent : other->exponent;
    if (top(self) - low >= DECIMAL_DIGITS_MAX) return false; // one more is for the carry
    *sum = (decimal_t){.negative = self->negative, .exponent = low, .count = (uint8_t)(top(self) - low + 1)};
    int sign = self->negative == other->negative ? 1 : -1, carry = 0;
    for (int32_t i = 0; i < sum->count; i++) {
        int digit = digit_at(self, low + i) + sign * digit_at(other, low + i) + carry;
        carry = digit < 0 ? -1 : digit / 10;
        sum->digits[i] = (uint8_t)(digit - 10 * carry);
    }
    normalize(sum);
    return true;
}

// ---- writing -------------------------------------------------------------------------------------------------------

// Without the digits below that power; halves go away from zero.
static bool rounded(const decimal_t *self, int32_t lowest, decimal_t *result)
{
    *result = *self;
    if (self->exponent >= lowest) return true;
    decimal_t half = {.negative = self->negative, .count = 1, .digits = {5}, .exponent = lowest - 1};
    decimal_t more;
    if (!decimal_add(self, &half, &more)) return false;
    *result = (decimal_t){.negative = more.negative, .exponent = lowest};
    for (int32_t power = lowest; power < top(&more); power++) result->digits[result->count++] = digit_at(&more, power);
    normalize(result);
    return true;
}

bool decimal_write(const decimal_t *self, int32_t places, char text[DECIMAL_TEXT_MAX])
{
    decimal_t number;
    if (!rounded(self, -places, &number)) return false;
    int32_t power = number.count > 0 && top(&number) > 0 ? top(&number) - 1 : 0;
    if (power + places > DECIMAL_DIGITS_MAX) return false;
    if (number.negative) *text++ = '-';
    for (; power >= -places; power--) {
        if (power == -1) *text++ = '.';
        *text++ = (char)('0' + digit_at(&number, power));
    }
    *text = '\0';
    return true;
}

void decimal_write_power(const decimal_t *self, char text[DECIMAL_TEXT_MAX])
{
    int32_t magnitude = decimal_magnitude(self);
    if (self->negative) *text++ = '-';
    *text++ = (char)('0' + digit_at(self, magnitude));
    if (self->count > 1) *text++ = '.';
    for (int32_t power = magnitude - 1; self->count > 0 && power >= self->exponent; power--)
        *text++ = (char)('0' + digit_at(self, power));
    *text++ = 'e';
    *text++ = magnitude < 0 ? '-' : '+';
    uint32_t rest = (uint32_t)(magnitude < 0 ? -magnitude : magnitude), place = 10;
    while (rest / place >= 10) place *= 10;
    for (; place > 0; place /= 10) *text++ = (char)('0' + rest / place % 10);
    *text = '\0';
}

// SPDX-License-Identifier: MIT
#include "scenarios/story/number_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_FEWEST 15 // every decimal fraction of so many digits comes back as it was
#define DIGITS_MOST 17   // every double does

const char *number_text(double number, char text[NUMBER_TEXT_MAX])
{
    for (int digits = DIGITS_FEWEST; digits <= DIGITS_MOST; digits++) {
        snprintf(text, NUMBER_TEXT_MAX, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    bool whole = !strpbrk(text, ".e"); // it would be an integer
    size_t length = strlen(text);
    if (whole) snprintf(text + length, NUMBER_TEXT_MAX - length, ".0");
    return text;
}

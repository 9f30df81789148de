// SPDX-License-Identifier: MIT
#include "tests/printed.h"

#include <check.h>
#include <stdlib.h>

static char *printed;
static size_t printed_size;
static FILE *out;

FILE *printed_begin(void)
{
    out = open_memstream(&printed, &printed_size);
    ck_assert_ptr_nonnull(out);
    return out;
}

char *printed_end(void)
{
    fclose(out);
    return printed;
}

void printed_is(const char *text)
{
    char *told = printed_end();
    ck_assert_str_eq(told, text);
    free(told);
}

// SPDX-License-Identifier: MIT
#include "tests/effects_text.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>

#include "bus/car/words.h"
#include "bus/car/key_radio.h"

static char text[4096];
static size_t length;

static void add(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    length += (size_t)vsnprintf(text + length, sizeof text - length, format, arguments);
    va_end(arguments);
    ck_assert_uint_lt(length, sizeof text);
}

static void add_key_status(const key_status_t *status)
{
    static const char *const BUTTONS[] = {"released", "unlock", "lock", "boot", "none"};
    add("key %d number %d %s%s%s", status->key, status->personalization, BUTTONS[status->button],
        status->inserted ? " inserted" : "", status->battery_low ? " low" : "");
}

static void add_log(const log_entry_t *log)
{
    static const char *const NAMES[LOG_CODE_COUNT] = {
        [LOG_KEY_ACCEPTED] = "accepted", [LOG_KEY_REPLAYED] = "replayed",        [LOG_KEY_FORGED] = "forged",
        [LOG_KEY_UNKNOWN] = "unknown",   [LOG_KEY_BLOCKED] = "blocked",          [LOG_KEY_AHEAD] = "ahead",
        [LOG_KEY_TOO_FAR] = "too_far",   [LOG_TELEGRAM_MALFORMED] = "malformed", [LOG_KEY_IDENTIFIED] = "identified",
        [LOG_KEY_REFUSED] = "refused",   [LOG_KEY_LEARNED] = "learned",          [LOG_KEY_REWRITTEN] = "rewritten",
        [LOG_KEY_DIFFERS] = "differs",   [LOG_KEY_REMOVED] = "removed",          [LOG_TERMINAL] = "terminal",
        [LOG_PRESS_LOST] = "lost",
    };
    ck_assert_uint_lt(log->code, LOG_CODE_COUNT);
    ck_assert_ptr_nonnull(NAMES[log->code]);
    add("log %s", NAMES[log->code]);
    int last = 2; // zeros at the end say nothing
    while (last >= 0 && log->values[last] == 0) last--;
    for (int i = 0; i <= last; i++) add(" %lld", (long long)log->values[i]);
}

void effects_text_clear(void)
{
    length = 0;
    text[0] = '\0';
}

void effects_text_add(const effect_t *effect)
{
    static const char *const DOORS[] = {"idle", "unlock", "lock", "boot"};
    static const char *const COIL[] = {
        [KEY_LF_CHALLENGE] = "challenge", [KEY_LF_ANSWER] = "answer", [KEY_LF_WRITE] = "write"};
    if (length > 0) add(", ");
    switch (effect->kind) {
    case EFFECT_KEY_STATUS:
        add_key_status(&effect->key_status);
        break;
    case EFFECT_TERMINAL:
        add("terminal");
        break;
    case EFFECT_DOORS:
        add("doors %s", DOORS[effect->doors]);
        break;
    case EFFECT_COIL:
        add("coil %s", COIL[effect->air.bytes[0]]);
        break;
    case EFFECT_STORE:
        add("store");
        break;
    case EFFECT_LOG:
        add_log(&effect->log);
        break;
    case EFFECT_FAULT:
        add("fault %04X", effect->fault);
        break;
    }
}

const char *effects_text(void)
{
    return text;
}

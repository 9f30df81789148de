// SPDX-License-Identifier: MIT
#include "bus/dbc_bind.h"

const dbc_message_t *dbc_bind(const dbc_t *dbc, const char *message, const char *const *names, size_t count,
                              const dbc_signal_t **signals, const char **missing)
{
    *missing = message;
    const dbc_message_t *found = dbc_message(dbc, message);
    if (!found) return NULL;
    return dbc_bind_signals(found, names, count, signals, missing) ? found : NULL;
}

bool dbc_bind_signals(const dbc_message_t *message, const char *const *names, size_t count,
                      const dbc_signal_t **signals, const char **missing)
{
    for (size_t i = 0; i < count; i++) {
        *missing = names[i];
        signals[i] = dbc_signal(message, names[i]);
        if (!signals[i]) return false;
    }
    *missing = NULL;
    return true;
}

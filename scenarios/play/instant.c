// SPDX-License-Identifier: MIT
#include "scenarios/play/instant.h"

void instant_wake_at(instant_t *self, int64_t at_ns)
{
    self->wake_ns = time_earlier(self->wake_ns, at_ns);
}

bool instant_wait_until(instant_t *self, int64_t end_ns)
{
    if (self->now_ns >= end_ns) return true;
    instant_wake_at(self, end_ns);
    return false;
}

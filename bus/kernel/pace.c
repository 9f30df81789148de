// SPDX-License-Identifier: MIT
#include "bus/kernel/pace.h"

void pace_begin(pace_t *self, int64_t clock_ns)
{
    *self = (pace_t){.clock_ns = clock_ns};
}

int64_t pace_look(pace_t *self, int64_t clock_ns)
{
    int64_t gap_ns = clock_ns - self->clock_ns;
    if (gap_ns <= 0) return self->now_ns;
    int64_t step_ns = time_earlier(gap_ns, PACE_STEP_NS);
    self->clock_ns = clock_ns;
    self->now_ns += step_ns;
    self->left_out_ns += gap_ns - step_ns;
    return self->now_ns;
}

// SPDX-License-Identifier: MIT
#include "ecus/storing.h"

void storing_init(storing_t *self)
{
    *self = (storing_t){0};
}

uint32_t storing_ask(storing_t *self)
{
    return ++self->asked;
}

bool storing_begin(storing_t *self)
{
    if (self->busy || self->asked == self->under_way) return false;
    self->under_way = self->asked;
    return self->busy = true;
}

bool storing_end(storing_t *self)
{
    if (!self->busy) return false;
    self->busy = false;
    self->stored = self->under_way;
    return true;
}

// SPDX-License-Identifier: MIT
#include "cas/effects.h"

#include <assert.h>

void effects_push(effects_t *self, effect_t effect)
{
    assert(self->count < EFFECTS_MAX);
    self->effects[self->count++] = effect;
}

void effects_ask(effects_t *self, effect_kind_t kind)
{
    effects_push(self, (effect_t){.kind = kind});
}

void effects_log(effects_t *self, uint16_t code, int64_t a, int64_t b, int64_t c)
{
    effects_push(self, (effect_t){.kind = EFFECT_LOG, .log = {code, {a, b, c}}});
}

bool effects_pull(effects_t *self, effect_t *effect)
{
    if (self->first == self->count) {
        // Whoever pulls does so until it is empty: there is nothing to wrap around.
        self->first = self->count = 0;
        return false;
    }
    *effect = self->effects[self->first++];
    return true;
}

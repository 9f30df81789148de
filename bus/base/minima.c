// SPDX-License-Identifier: MIT
#include "bus/base/minima.h"

void minima_init(minima_t *self)
{
    for (unsigned place = 0; place < 2 * INDEX_SET_MAX; place++) self->least[place] = INT64_MAX;
}

void minima_set(minima_t *self, unsigned index, int64_t value)
{
    unsigned place = INDEX_SET_MAX + index;
    while (self->least[place] != value) {
        self->least[place] = value;
        if (place == 1) return;
        int64_t other = self->least[place ^ 1];
        if (other < value) value = other;
        place /= 2;
    }
}

// The place to look at behind one that is done with, in the order of the numbers; 0: that was the last.
static unsigned next_place(unsigned place)
{
    while (place & 1) place /= 2;
    return place > 0 ? place + 1 : 0;
}

index_set_t minima_up_to(const minima_t *self, int64_t limit)
{
    index_set_t found = {0};
    for (unsigned place = 1; place > 0;) {
        bool is_number = place >= INDEX_SET_MAX, within = self->least[place] <= limit;
        if (is_number && within) index_set_put(&found, place - INDEX_SET_MAX, true);
        place = within && !is_number ? 2 * place : next_place(place);
    }
    return found;
}

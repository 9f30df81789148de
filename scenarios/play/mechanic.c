// SPDX-License-Identifier: MIT
#include "scenarios/play/mechanic.h"

#include <assert.h>

// A call alone would not be noticed: a node works when it is activated.
static void activate_tester(kernel_t *kernel)
{
    int line = kernel_find_line(kernel, TESTER_GO_LINE);
    assert(line >= 0);
    kernel_set_line(kernel, (uint16_t)line, 1, true);
}

void mechanic_begin_service(mechanic_t *self, kernel_t *kernel, uint8_t node, const workshop_service_t *service)
{
    assert(self->tester);
    tester_begin_service(self->tester, node, service);
    activate_tester(kernel);
}

void mechanic_begin_coding(mechanic_t *self, kernel_t *kernel, uint8_t node, const workshop_coding_t *coding)
{
    assert(self->tester);
    tester_begin_coding(self->tester, node, coding);
    activate_tester(kernel);
}

void mechanic_begin_request(mechanic_t *self, kernel_t *kernel, uint8_t node, const uint8_t *bytes, size_t size)
{
    assert(self->tester);
    tester_begin_request(self->tester, node, bytes, size);
    activate_tester(kernel);
}

const workshop_job_t *mechanic_answer(const mechanic_t *self)
{
    return tester_job(self->tester);
}

void mechanic_read(mechanic_t *self, kernel_t *kernel, index_set_t nodes)
{
    if (index_set_is_empty(nodes)) return;
    assert(self->tester);
    tester_read_faults(self->tester, nodes);
    activate_tester(kernel);
}

void mechanic_watch(mechanic_t *self, index_set_t nodes)
{
    if (self->tester) tester_watch_faults(self->tester, nodes);
}

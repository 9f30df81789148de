// SPDX-License-Identifier: MIT
#include "tools/car_processes.h"

static bool start(void *processes, host_in_process_t *actors, host_t *host, error_t *error)
{
    car_processes_t *self = processes;
    self->options.actors = actors;
    self->hub = hub_new(&self->options, error);
    if (self->hub) *host = hub_host(self->hub);
    return self->hub;
}

static const node_ports_t *ports(void *processes, uint8_t node)
{
    const car_processes_t *self = processes;
    return hub_ports(self->hub, node);
}

static void again(void *processes)
{
    const car_processes_t *self = processes;
    hub_begin_anew(self->hub);
}

car_host_t car_processes_host(car_processes_t *self)
{
    return (car_host_t){.self = self, .start = start, .ports = ports, .again = again};
}

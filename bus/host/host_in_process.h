// SPDX-License-Identifier: MIT
// The host that calls its nodes directly. It also serves the hub for the actors, which live in no process of their own.
#ifndef KMSIM_BUS_HOST_HOST_IN_PROCESS_H
#define KMSIM_BUS_HOST_HOST_IN_PROCESS_H

#include "bus/host/simulation.h"

typedef struct host_in_process host_in_process_t;

/// Returns a new host without nodes that the caller destroys.
host_in_process_t *host_in_process_new(void);
void host_in_process_destroy(host_in_process_t **self_p);

/// Gives the host a node under the kernel's node index: binds it and tells its ports. Storage of class->size zeroed
/// bytes is borrowed, or null: the host's own. False with the error told when the DBC or vehicle lacks what the node
/// needs.
bool host_in_process_add(host_in_process_t *self, uint8_t node, const node_class_t *class, void *storage,
                         const node_setup_t *setup, node_ports_t *ports, error_t *error);

/// Makes the node what it was when it was added, whatever it has been through: it can be powered on in another run. Of
/// a state of which only the first bytes matter then, so many; 0: all.
void host_in_process_restore(host_in_process_t *self, uint8_t node, size_t front);

/// Whether that node lives here.
bool host_in_process_has(const host_in_process_t *self, uint8_t node);

/// One call each; the outbox is cleared first.
void host_in_process_power_on(host_in_process_t *self, uint8_t node, int64_t now_ns, const kernel_power_on_t *start,
                              outbox_t *outbox);
void host_in_process_activate(host_in_process_t *self, int64_t now_ns, const kernel_activation_t *activation,
                              outbox_t *outbox);

/// As the simulation wants it.
host_t host_in_process_host(host_in_process_t *self);

#endif

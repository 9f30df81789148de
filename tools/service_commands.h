// SPDX-License-Identifier: MIT
// What service-tool does (service_keys.c, service_faults.c, service_counters.c, service_ident.c);
// workbench_command_t.run of each.
#ifndef KMSIM_TOOLS_SERVICE_COMMANDS_H
#define KMSIM_TOOLS_SERVICE_COMMANDS_H

#include "tools/workbench.h"

void service_keys(workbench_t *self, int count, char **operands);
void service_block(workbench_t *self, int count, char **operands);
void service_release(workbench_t *self, int count, char **operands);
void service_personalization(workbench_t *self, int count, char **operands);
void service_faults(workbench_t *self, int count, char **operands);
void service_clear(workbench_t *self, int count, char **operands);
void service_counters(workbench_t *self, int count, char **operands);
void service_ident(workbench_t *self, int count, char **operands);

#endif

// SPDX-License-Identifier: MIT
// What cip does (cip_show.c, cip_read.c, cip_write.c, cip_options.c); workbench_command_t.run of each.
#ifndef KMSIM_TOOLS_CIP_COMMANDS_H
#define KMSIM_TOOLS_CIP_COMMANDS_H

#include "tools/workbench.h"

void cip_show(workbench_t *self, int count, char **operands);
void cip_read(workbench_t *self, int count, char **operands);
void cip_code(workbench_t *self, int count, char **operands);
void cip_status(workbench_t *self, int count, char **operands);
void cip_copy(workbench_t *self, int count, char **operands);
void cip_reset(workbench_t *self, int count, char **operands);
void cip_memory(workbench_t *self, int count, char **operands);
void cip_option(workbench_t *self, int count, char **operands);

/// The units with Key Memory: a bit for the one that is named (null: all of them). False and told when there is none of
/// that name.
bool cip_take_memories(workbench_t *self, const char *name, index_set_t *units);

/// Reads active profile (0 none) and which settings are in car memory (1 each).
bool cip_read_active(workbench_t *self, uint8_t node, uint8_t *active);
bool cip_read_car(workbench_t *self, uint8_t node, size_t count, uint8_t *in_car);

/// Tells a profile's settings as a member of an object.
void cip_json_settings(workbench_t *self, const workshop_settings_t *settings, const workshop_profile_t *profile);

#endif

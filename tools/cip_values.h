// SPDX-License-Identifier: MIT
// Settings as the command line or a file tells them, for coding: "longitudinal=200", "longitudinal=200 mm",
// "style=intensive"; a JSON object of settings, or with one as its member "settings".
#ifndef KMSIM_TOOLS_CIP_VALUES_H
#define KMSIM_TOOLS_CIP_VALUES_H

#include "bus/base/error.h"
#include "scenarios/actors/workshop_job.h"

typedef struct {
    const workshop_settings_t *settings; // of the unit
    const char *unit;                    // its name, for mistakes
    bool unchecked;                      // values out of range are taken as well, saturated to the wire's integer
    size_t count;
    workshop_change_t changes[WORKSHOP_SETTINGS_MAX];
} cip_values_t;

/// Takes "name=value". False with the error told: no such setting, not its value or out of its range (which is named),
/// told already.
bool cip_values_take(cip_values_t *self, const char *text, error_t *error);

/// Takes all of a JSON file, likewise; every mistake is told.
bool cip_values_load(cip_values_t *self, const char *path, error_t *error);

#endif

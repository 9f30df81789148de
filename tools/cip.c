// SPDX-License-Identifier: MIT
// cip: codes the Key Memory of the control units of a live car, as the workshop's CIP program does.
#include "tools/cip_commands.h"

static const workbench_command_t COMMANDS[] = {
    {"show", "[UNIT]", 0, 1, "settings with range and factory value; options", cip_show},
    {"read", "UNIT [PROFILE]", 1, 2, "what profile 1 to 4 holds, or all of them", cip_read},
    {"code", "UNIT PROFILE name=value…|FILE.json", 3, 2 + WORKSHOP_SETTINGS_MAX,
     "codes a profile: what is told, the rest as it is. The"
     "\n                          file is an object of settings, or what"
     "\n                          `cip read UNIT PROFILE --json` told",
     cip_code},
    {"status", "", 0, 0, "which profiles are coded, which numbers in use not", cip_status},
    {"copy", "FROM TO [UNIT]", 2, 3, "copies a profile, in every unit or that one", cip_copy},
    {"reset", "[UNIT [PROFILE]]", 0, 2, "back to factory values and not coded", cip_reset},
    {"memory", "UNIT setting=key|car…", 2, 1 + WORKSHOP_SETTINGS_MAX, "a setting of each key's, or common to all keys",
     cip_memory},
    {"option", "UNIT name=value…", 2, 1 + VEHICLE_OPTIONS_MAX, "codes the unit's options", cip_option},
};

static const workbench_tool_t TOOL = {
    "cip",
    "Codes the Key Memory of a live car's control units (kmsim up), spoken as a tester's diagnosis over its bus.\n"
    "Values are told by name, or as numbers in the setting's unit of measure: longitudinal=200 style=soft.",
    COMMANDS,
    sizeof COMMANDS / sizeof COMMANDS[0],
};

int main(int argc, char **argv)
{
    return workbench_main(&TOOL, argc, argv);
}

// SPDX-License-Identifier: MIT
// cip: codes the Key Memory of the control units of a live car, as the workshop's CIP program does.
#include "tools/cip_commands.h"

static const workbench_command_t COMMANDS[] = {
    {"show", "[UNIT]", 0, 1, "settings with range and factory value; options",
     "Tells what can be coded: each setting with its values, step and factory value, whether it is in key or car "
     "memory, "
     "and the unit's options. Without UNIT: of all.\n\n"
     "  cip show seat",
     cip_show},
    {"read", "UNIT [PROFILE]", 1, 2, "what profile 1 to 4 holds, or all of them",
     "Tells a profile's settings, and whether it is coded and active. With --json the output is what cip code takes as "
     "a file.\n\n"
     "  cip read seat 3 --json > seat.json",
     cip_read},
    {"code", "UNIT PROFILE name=value...|FILE.json", 3, 2 + WORKSHOP_SETTINGS_MAX,
     "codes a profile: what is told, the rest as it is. The"
     "\n                          file is an object of settings, or what"
     "\n                          `cip read UNIT PROFILE --json` told",
     "Codes a profile: reads it, changes what is told, writes it whole, reads it back and compares. Files and values "
     "may "
     "stand side by side; each setting is told once.\n\n"
     "  cip code seat 3 longitudinal=200 height=55.5\n"
     "  cip code seat 4 seat.json",
     cip_code},
    {"status", "", 0, 0, "which profiles are coded, which numbers in use not",
     "Tells of every unit which profiles are coded and which one is active, and of every personalization number that a "
     "key has in which units it is not coded.",
     cip_status},
    {"copy", "FROM TO [UNIT]", 2, 3, "copies a profile, in every unit or that one",
     "Copies profile FROM to profile TO; one that is not coded makes the other not coded.\n\n"
     "  cip copy 1 3",
     cip_copy},
    {"reset", "[UNIT [PROFILE]]", 0, 2, "back to factory values and not coded",
     "Sets profiles back to factory values, not coded: one of a unit, all of it, or all of all units.\n\n"
     "  cip reset seat 4",
     cip_reset},
    {"memory", "UNIT setting=key|car...", 2, 1 + WORKSHOP_SETTINGS_MAX,
     "a setting of each key's, or common to all keys",
     "Codes which settings follow the key (key) and which are common to all keys (car).\n\n"
     "  cip memory climate style=car",
     cip_memory},
    {"option", "UNIT name=value...", 2, 1 + VEHICLE_OPTIONS_MAX, "codes the unit's options",
     "Codes options of a unit; cip show tells them with their values.\n\n"
     "  cip option seat recall=door_open",
     cip_option},
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

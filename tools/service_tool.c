// SPDX-License-Identifier: MIT
// service-tool: the service function "locking and security functions - remote control/key" of the CAS, and every
// unit's fault memory and identification, on a live car.
#include "tools/service_commands.h"

static const workbench_command_t COMMANDS[] = {
    {"keys", "", 0, 0, "all keys with personalization number and state", service_keys},
    {"block", "N", 1, 1, "blocks key N, 1 to 10: it opens and starts nothing", service_block},
    {"release", "N", 1, 1, "releases it again", service_release},
    {"personalization", "N P", 2, 2, "gives key N the personalization number P (1 to 4)", service_personalization},
    {"faults", "[UNIT]", 0, 1, "fault memory of one unit, or of all", service_faults},
    {"clear", "[UNIT]", 0, 1, "clears it", service_clear},
    {"counters", "[UNIT]", 0, 1, "what one unit, or each, has ignored since it got power", service_counters},
    {"ident", "", 0, 0, "every unit's address, bus, identification and VIN", service_ident},
};

static const workbench_tool_t TOOL = {
    "service-tool",
    "The workshop's service functions on a live car (kmsim up), spoken as a tester's diagnosis over its bus.",
    COMMANDS,
    sizeof COMMANDS / sizeof COMMANDS[0],
};

int main(int argc, char **argv)
{
    return workbench_main(&TOOL, argc, argv);
}

// SPDX-License-Identifier: MIT
// service-tool: the service function "locking and security functions - remote control/key" of the CAS, and every
// unit's fault memory and identification, on a live car.
#include "tools/service_commands.h"

static const workbench_command_t COMMANDS[] = {
    {"keys", "", 0, 0, "all keys with personalization number and state",
     "Tells of each key that the CAS knows: its personalization number, whether it was learned in the ignition lock, "
     "whether it is blocked, and its battery.",
     service_keys},
    {"block", "N", 1, 1, "blocks key N, 1 to 10: it opens and starts nothing",
     "Blocks a lost key. Its presses are ignored from then on and leave a fault in the CAS; its transponder "
     "starts nothing. A key that is in the ignition lock, or was never learned, is refused.\n\n"
     "  service-tool block 2",
     service_block},
    {"release", "N", 1, 1, "releases it again",
     "Releases a key that was blocked. It works again as it did.\n\n"
     "  service-tool release 2",
     service_release},
    {"personalization", "N P", 2, 2, "gives key N the personalization number P (1 to 4)",
     "Gives a key the number of the profile that it calls up. The key itself learns it when it is next in the ignition "
     "lock; the CAS forwards the new number at once. The profile must be coded in the units: cip status tells.\n\n"
     "  service-tool personalization 3 3",
     service_personalization},
    {"faults", "[UNIT]", 0, 1, "fault memory of one unit, or of all",
     "Tells each fault with how often it occurred and when first, in the car's time. Without UNIT: of all.\n\n"
     "  service-tool faults cas",
     service_faults},
    {"clear", "[UNIT]", 0, 1, "clears it",
     "Clears the fault memory of a unit; without UNIT, of all.\n\n"
     "  service-tool clear seat",
     service_clear},
    {"counters", "[UNIT]", 0, 1, "what one unit, or each, has ignored since it got power",
     "Tells what a unit has ignored, by name, and how often: telegrams of unknown or blocked keys, frames that cannot "
     "be. Without UNIT: of all.\n\n"
     "  service-tool counters cas",
     service_counters},
    {"ident", "", 0, 0, "every unit's address, bus, identification and VIN",
     "Tells every unit that diagnosis can reach: address, buses, identification and VIN, as the unit gives them.",
     service_ident},
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

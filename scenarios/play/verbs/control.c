// SPDX-License-Identifier: MIT
#include "scenarios/play/verbs/control.h"

#include <stdio.h>

#include "bus/kernel/node.h"

const dbc_signal_t *control_find(story_loader_t *loader, uint8_t node, const char *setting, dbc_control_t control)
{
    const dbc_message_t *status = story_find_status(loader, NULL, node);
    const dbc_signal_t *signal = status ? story_find_setting(loader, node, status, setting) : NULL;
    if (!signal || signal->control == control) return signal;
    json_reader_mistake(&loader->reader, "%s is changed by a %s", setting,
                        signal->control == DBC_CONTROL_KNOB ? "knob: use adjust" : "switch: use switch");
    return NULL;
}

const char *control_line(story_loader_t *loader, const char *kind, uint8_t node, const char *setting)
{
    char name[NODE_LINE_NAME_MAX + DBC_NAME_MAX];
    snprintf(name, sizeof name, "%s/%s/%.63s", kind, loader->story->vehicle->nodes[node].name, setting);
    return story_keep_text(loader, name);
}

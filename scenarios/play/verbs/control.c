// SPDX-License-Identifier: MIT
#include "scenarios/play/verbs/control.h"

#include <stdio.h>

#include "bus/kernel/node.h"

bool control_find(story_loader_t *loader, uint8_t node, const char *name, dbc_control_t control, dbc_setting_t *setting)
{
    *setting = (dbc_setting_t){NULL, NULL};
    if (!story_find_status(loader, NULL, node) || !story_find_setting(loader, node, name, setting)) return false;
    dbc_control_t own = setting->signal->control;
    if (own == control) return true;
    *setting = (dbc_setting_t){NULL, NULL};
    return json_reader_mistake(&loader->reader, "%s is changed by a %s", name,
                               own == DBC_CONTROL_KNOB ? "knob: use adjust" : "switch: use switch");
}

const char *control_line(story_loader_t *loader, const char *kind, uint8_t node, const char *setting)
{
    char name[NODE_LINE_NAME_MAX + DBC_NAME_MAX];
    snprintf(name, sizeof name, "%s/%s/%.63s", kind, loader->story->vehicle->nodes[node].name, setting);
    return story_keep_text(loader, name);
}

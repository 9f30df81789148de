// SPDX-License-Identifier: MIT
// dtc: the unit's fault memory, read by diagnosis, has that code. What was read before the step was reached counts no
// more.
#include <inttypes.h>

#include "bus/base/hex.h"
#include "scenarios/play/conditions.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_workshop.h"

#define CODE_DIGITS_MAX 6

typedef struct {
    uint32_t code; // 24 bits
    int8_t active; // 0, 1, or -1: not told
} memory_fault_t;

// ---- what the file says --------------------------------------------------------------------------------------------

static void load(story_loader_t *loader, const json_t *json, condition_use_t use, condition_t *condition)
{
    typedef struct {
        const char *ecu, *code;
        bool active;
    } told_t;
    static const field_t FIELDS_OF_FAULT[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"dtc", FIELD_TEXT, true, offsetof(told_t, code), 0, 0, {0}},
        {"active", FIELD_BOOLEAN, false, offsetof(told_t, active), 0, 0, {0}},
    };
    told_t told = {0};
    (void)use;
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_FAULT), &told);
    memory_fault_t *fault = story_allocate(loader, 1, sizeof *fault);
    fault->active = json_is_boolean(json_object_get(json, "active")) ? (int8_t)told.active : -1;
    condition->told = fault;
    if (told.code && !hex_number(told.code, CODE_DIGITS_MAX, &fault->code))
        json_reader_mistake_at(&loader->reader, "dtc", "must be a code like \"0x9907\"");
    if (story_find_diagnosed(loader, "ecu", told.ecu, &condition->node))
        condition->read = index_set_of(condition->node);
}

static void write(const story_t *story, const condition_t *condition, json_t *object)
{
    const memory_fault_t *fault = condition->told;
    json_object_set_new(object, "ecu", story_write_node(story, condition->node));
    json_object_set_new(object, "dtc", json_sprintf("0x%04" PRIX32, fault->code));
    if (fault->active >= 0) json_object_set_new(object, "active", json_boolean(fault->active));
}

static void add_words(words_t *words, const story_t *story, const condition_t *condition)
{
    const memory_fault_t *fault = condition->told;
    words_add(words, "%s fault 0x%04" PRIX32, story->vehicle->nodes[condition->node].name, fault->code);
    if (fault->active >= 0) words_add(words, fault->active ? ", active" : ", not active");
}

// ---- what happens --------------------------------------------------------------------------------------------------

static const tester_faults_t *faults_of(const condition_t *condition, const condition_context_t *context)
{
    if (!context->tester) return NULL;
    return tester_faults(context->tester, condition->node, context->memories[condition->slot].since_ns);
}

static bool has_read(const condition_t *condition, const condition_context_t *context)
{
    return faults_of(condition, context);
}

static bool is_known(const condition_t *condition, const condition_context_t *context)
{
    const tester_faults_t *faults = faults_of(condition, context);
    return faults && faults->answered;
}

static bool is_unreadable(const condition_t *condition, const condition_context_t *context)
{
    const tester_faults_t *faults = faults_of(condition, context);
    return faults && faults->end == WORKSHOP_UNREADABLE;
}

static bool holds(const condition_t *condition, const condition_context_t *context)
{
    const memory_fault_t *told = condition->told;
    const tester_faults_t *faults = faults_of(condition, context);
    workshop_fault_t fault;
    if (!faults || !faults->answered) return false;
    for (size_t i = 0; workshop_read_fault(faults->bytes, faults->size, i, &fault); i++)
        if (fault.code == told->code) return told->active < 0 || (fault.status & WORKSHOP_FAULT_ACTIVE) == told->active;
    return false;
}

static void add_seen(words_t *words, const story_t *story, const condition_t *condition,
                     const condition_context_t *context)
{
    words_add_faults(words, story->vehicle->nodes[condition->node].name, faults_of(condition, context));
}

const condition_kind_t condition_fault = {.mark = "dtc",
                                          .family = CONDITION_OF_STATE,
                                          .load = load,
                                          .write = write,
                                          .words = add_words,
                                          .seen = add_seen,
                                          .holds = holds,
                                          .has_read = has_read,
                                          .is_known = is_known,
                                          .is_unreadable = is_unreadable};

// SPDX-License-Identifier: MIT
// service: the workshop has the CAS do a service function with a key.
#include "bus/car/units.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/refusal.h"
#include "scenarios/story/story_write.h"

#define FUNCTIONS "block_key", "release_key", "set_personalization" // workshop_function_t

static const char *const FUNCTION_NAMES[] = {FUNCTIONS};

typedef struct {
    uint8_t node;
    workshop_service_t service;
    uint8_t refused;
} service_t;

// ---- what the file says --------------------------------------------------------------------------------------------

static bool find_cas(story_loader_t *loader, uint8_t *node)
{
    const vehicle_t *vehicle = loader->story->vehicle;
    if (!vehicle) return false;
    int cas = vehicle_find_kind(vehicle, UNIT_CAS);
    if (cas >= 0) return story_find_diagnosed(loader, NULL, vehicle->nodes[cas].name, node);
    return json_reader_mistake(&loader->reader, "this vehicle has no Car Access System");
}

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t function;
        double key, personalization;
        const char *refused;
    } told_t;
    static const field_t FIELDS_OF_SERVICE[] = {
        {"function", FIELD_CHOICE, true, offsetof(told_t, function), 0, 0, {FUNCTIONS}},
        {"key", FIELD_NUMBER, true, offsetof(told_t, key), 0, 0, {0}},
        {"personalization", FIELD_NUMBER, false, offsetof(told_t, personalization), 0, 0, {0}},
        {"refused", FIELD_TEXT, false, offsetof(told_t, refused), 0, 0, {0}},
    };
    told_t told = {.function = -1};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_SERVICE), &told);
    bool personalization = json_object_get(json, "personalization");
    bool assigns = told.function == WORKSHOP_SET_PERSONALIZATION;
    if (assigns && !personalization)
        json_reader_mistake(&loader->reader, "set_personalization needs a personalization");
    if (told.function >= 0 && !assigns && personalization)
        json_reader_mistake(&loader->reader, "personalization goes with set_personalization only");
    service_t *service = story_allocate(loader, 1, sizeof *service);
    step->told = service;
    service->service = (workshop_service_t){.key = told.key, .personalization = told.personalization};
    if (told.function >= 0) service->service.function = (workshop_function_t)told.function;
    refusal_load(loader, told.refused, &service->refused);
    find_cas(loader, &service->node);
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const service_t *told = step->told;
    const workshop_service_t *service = &told->service;
    json_t *object =
        json_pack("{s:s, s:o}", "function", FUNCTION_NAMES[service->function], "key", story_write_number(service->key));
    if (service->function == WORKSHOP_SET_PERSONALIZATION)
        json_object_set_new(object, "personalization", story_write_number(service->personalization));
    refusal_write(told->refused, object);
    (void)story;
    return object;
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const service_t *told = step->told;
    const workshop_service_t *service = &told->service;
    (void)story;
    words_add(words, "%s key %.15g", FUNCTION_NAMES[service->function], service->key);
    if (service->function == WORKSHOP_SET_PERSONALIZATION)
        words_add(words, " personalization %.15g", service->personalization);
    refusal_add_words(words, told->refused);
}

// ---- what happens --------------------------------------------------------------------------------------------------

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const service_t *told = step->told;
    (void)problem;
    mechanic_begin_service(instant->mechanic, instant->kernel, told->node, &told->service);
    return true;
}

static verb_progress_t progress(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const service_t *told = step->told;
    return refusal_judge(instant, told->refused, problem);
}

const verb_t verb_service = {.name = "service",
                             .kind = VERB_WORKSHOP,
                             .load = load,
                             .write = write,
                             .words = add_words,
                             .act = act,
                             .progress = progress};

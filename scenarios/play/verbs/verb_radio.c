// SPDX-License-Identifier: MIT
// radio: a telegram is sent that no remote control sends: an earlier one again, one under a wrong secret, any bytes.
#include <inttypes.h>
#include <string.h>

#include "bus/base/hex.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/play/verbs/button.h"
#include "scenarios/play/verbs/one_of.h"
#include "scenarios/story/story_doubt.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"

typedef enum { REPLAY, FORGE, RAW } radio_kind_t;

typedef struct {
    radio_kind_t kind;
    int64_t replay; // 1 = the first telegram of the story
    int key;
    key_button_t button;
    int personalization; // 0: the key's own
    air_t raw;
} radio_t;

// ---- what the file says --------------------------------------------------------------------------------------------

static void load_forge(story_loader_t *loader, const json_t *json, radio_t *radio)
{
    typedef struct {
        int64_t key, button, personalization;
    } told_t;
    static const field_t FIELDS_OF_FORGE[] = {
        {"key", FIELD_INTEGER, true, offsetof(told_t, key), 1, KEY_COUNT_MAX, {0}},
        {"button", FIELD_CHOICE, true, offsetof(told_t, button), 0, 0, {BUTTONS}},
        {"personalization", FIELD_INTEGER, false, offsetof(told_t, personalization), 1, KEY_PERSONALIZATION_MAX, {0}},
    };
    told_t told = {0};
    size_t mark = json_reader_enter(&loader->reader, "forge");
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_FORGE), &told);
    story_check_key(loader, "key", told.key);
    json_reader_leave(&loader->reader, mark);
    radio->kind = FORGE;
    radio->key = (int)told.key;
    radio->button = BUTTON_OF[told.button];
    radio->personalization = (int)told.personalization;
}

static void load_raw(story_loader_t *loader, const char *hex, radio_t *radio)
{
    size_t length = strlen(hex);
    bool good = length % 2 == 0 && length / 2 <= AIR_BYTES_MAX;
    radio->kind = RAW;
    radio->raw = (air_t){.channel = AIR_RF, .size = (uint8_t)(good ? length / 2 : 0)};
    for (size_t i = 0; good && i < length; i++) {
        int digit = hex_value(hex[i]);
        good = digit >= 0;
        radio->raw.bytes[i / 2] = (uint8_t)(radio->raw.bytes[i / 2] << 4 | (digit & 0xF));
    }
    if (good) return;
    json_reader_mistake_at(&loader->reader, "hex", "must be 1 to %d bytes of two hex digits each, without blanks",
                           AIR_BYTES_MAX);
}

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        int64_t replay;
        const json_t *forge;
        const char *hex;
    } told_t;
    static const field_t FIELDS_OF_RADIO[] = {
        {"replay", FIELD_INTEGER, false, offsetof(told_t, replay), 1, 1000000, {0}},
        {"forge", FIELD_OBJECT, false, offsetof(told_t, forge), 0, 0, {0}},
        {"hex", FIELD_TEXT, false, offsetof(told_t, hex), 0, 0, {0}},
    };
    static const char *const ONE[] = {"replay", "forge", "hex", NULL};
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_RADIO), &told);
    one_of_require(loader, json, ONE);
    radio_t *radio = story_allocate(loader, 1, sizeof *radio);
    step->told = radio;
    radio->kind = REPLAY;
    radio->replay = told.replay;
    if (told.forge) load_forge(loader, told.forge, radio);
    if (told.hex) load_raw(loader, told.hex, radio);
}

static json_t *write_forge(const radio_t *radio)
{
    json_t *forge = json_pack("{s:i, s:s}", "key", radio->key, "button", button_name(radio->button));
    if (radio->personalization > 0) json_object_set_new(forge, "personalization", json_integer(radio->personalization));
    return json_pack("{s:o}", "forge", forge);
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const radio_t *radio = step->told;
    char hex[2 * AIR_BYTES_MAX + 1] = "";
    (void)story;
    if (radio->kind == REPLAY) return json_pack("{s:I}", "replay", (json_int_t)radio->replay);
    if (radio->kind == FORGE) return write_forge(radio);
    for (size_t i = 0; i < radio->raw.size; i++) snprintf(hex + 2 * i, 3, "%02X", radio->raw.bytes[i]);
    return json_pack("{s:s}", "hex", hex);
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const radio_t *radio = step->told;
    (void)story;
    if (radio->kind == REPLAY)
        words_add(words, "replays telegram %" PRId64, radio->replay);
    else if (radio->kind == RAW)
        words_add(words, "sends %u raw bytes", radio->raw.size);
    else
        words_add(words, "forges key %d %s", radio->key, button_name(radio->button));
}

static void doubt(story_doubts_t *doubts, const story_step_t *step)
{
    const radio_t *radio = step->told;
    if (radio->kind == REPLAY && radio->replay > doubts->telegrams)
        story_doubt_tell(doubts, "no such telegram: only %" PRId64 " were sent so far", doubts->telegrams);
    doubts->telegrams++;
}

// ---- what happens --------------------------------------------------------------------------------------------------

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const radio_t *radio = step->told;
    air_t air = radio->raw;
    if (radio->kind == FORGE) air = driver_forge(instant->driver, radio->key, radio->button, radio->personalization);
    if (radio->kind == REPLAY) {
        const air_t *sent = driver_find_telegram(instant->driver, radio->replay, problem);
        if (!sent) return false;
        air = *sent; // a copy: what is sent now may take its place in the ring
    }
    driver_send(instant->driver, instant->kernel, &air);
    return true;
}

const verb_t verb_radio = {
    .name = "radio", .kind = VERB_ACTS, .load = load, .write = write, .words = add_words, .doubt = doubt, .act = act};

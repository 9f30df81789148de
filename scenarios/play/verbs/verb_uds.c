// SPDX-License-Identifier: MIT
// uds: a diagnostic request, bytes as they go to the unit, and the answer that is expected.
#include <string.h>

#include "bus/base/hex.h"
#include "scenarios/play/instant.h"
#include "scenarios/play/play_vocabulary.h"
#include "scenarios/story/story_parts.h"
#include "scenarios/story/story_write.h"
#include "scenarios/story/words_workshop.h"

static const char HEX_DIGITS[] = "0123456789ABCDEF";

typedef enum { RESPONSE_ANY, RESPONSE_NONE, RESPONSE_PATTERN } response_t;

typedef struct {
    uint8_t node;
    size_t size;
    const uint8_t *request;
    response_t response;
    const char *pattern; // as told, or null: upper-case hex digits without blanks, ? any digit, * at the end
} request_t;

// ---- what the file says --------------------------------------------------------------------------------------------

// The text without its blanks, letters in upper case.
static const char *strip(story_loader_t *loader, const char *text)
{
    char *stripped = story_allocate(loader, strlen(text) + 1, 1), *end = stripped;
    for (; *text; text++)
        if (*text != ' ') *end++ = *text >= 'a' && *text <= 'f' ? (char)(*text - 'a' + 'A') : *text;
    return stripped;
}

static void load_request(story_loader_t *loader, const char *text, request_t *uds)
{
    const char *hex = strip(loader, text);
    size_t digits = strlen(hex);
    if (digits == 0 || digits % 2 != 0 || digits / 2 > UDS_MESSAGE_MAX || strspn(hex, HEX_DIGITS_ANY) != digits) {
        json_reader_mistake_at(&loader->reader, "request",
                               "must be 1 to 4095 bytes of two hex digits each, like \"22 F1 90\"");
        return;
    }
    uint8_t *bytes = story_allocate(loader, digits / 2, 1);
    for (size_t i = 0; i < digits; i++) bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | hex_value(hex[i]));
    uds->request = bytes;
    uds->size = digits / 2;
}

// Nothing told: any answer will do, but there must be one; none, when the request asks for silence.
static void load_response(story_loader_t *loader, const json_t *json, request_t *uds)
{
    const char *text = json_string_value(json);
    bool suppressed = uds->size > 1 && uds_has_sub_function(uds->request[0]) && (uds->request[1] & UDS_SUPPRESS) != 0;
    if (!json) {
        uds->response = suppressed ? RESPONSE_NONE : RESPONSE_ANY;
        return;
    }
    uds->pattern = strip(loader, text ? text : "x");
    size_t digits = strspn(uds->pattern, HEX_DIGITS_ANY "?");
    uds->response = *uds->pattern ? RESPONSE_PATTERN : RESPONSE_NONE;
    bool prefix = strcmp(uds->pattern + digits, "*") == 0;
    if (!prefix && (uds->pattern[digits] != '\0' || digits % 2 != 0))
        json_reader_mistake_at(&loader->reader, "response",
                               "must be bytes in hex like \"62 F1 90 *\", ? for any digit, * at the end");
}

static void load(story_loader_t *loader, const json_t *json, story_step_t *step)
{
    typedef struct {
        const char *ecu, *request;
        const json_t *response;
    } told_t;
    static const field_t FIELDS_OF_UDS[] = {
        {"ecu", FIELD_TEXT, true, offsetof(told_t, ecu), 0, 0, {0}},
        {"request", FIELD_TEXT, true, offsetof(told_t, request), 0, 0, {0}},
        {"response", FIELD_ANY, false, offsetof(told_t, response), 0, 0, {0}},
    };
    told_t told = {0};
    json_reader_object(&loader->reader, json, FIELDS(FIELDS_OF_UDS), &told);
    request_t *uds = story_allocate(loader, 1, sizeof *uds);
    step->told = uds;
    story_find_diagnosed(loader, "ecu", told.ecu, &uds->node);
    if (told.request) load_request(loader, told.request, uds);
    load_response(loader, told.response, uds);
}

static json_t *write(const story_t *story, const story_step_t *step)
{
    const request_t *uds = step->told;
    json_t *object = json_pack("{s:o, s:o}", "ecu", story_write_node(story, uds->node), "request",
                               story_write_bytes(uds->request, uds->size));
    if (uds->pattern) json_object_set_new(object, "response", story_write_digits(uds->pattern));
    return object;
}

// Digits as bytes, like those of a message.
static void add_pattern(words_t *words, const char *pattern)
{
    for (size_t i = 0; pattern[i]; i++) {
        if (i == 2 * (size_t)WORDS_BYTES_TOLD_MAX) {
            words_add(words, " ...");
            return;
        }
        words_add(words, "%s%c", i > 0 && (i % 2 == 0 || pattern[i] == '*') ? " " : "", pattern[i]);
    }
}

static void add_words(words_t *words, const story_t *story, const story_step_t *step)
{
    const request_t *uds = step->told;
    words_add(words, "%s ", story->vehicle->nodes[uds->node].name);
    words_add_bytes(words, uds->request, uds->size);
    if (uds->response == RESPONSE_NONE) words_add(words, ", no response");
    if (uds->response != RESPONSE_PATTERN) return;
    words_add(words, ", response ");
    add_pattern(words, uds->pattern);
}

// ---- what happens --------------------------------------------------------------------------------------------------

static bool act(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const request_t *uds = step->told;
    (void)problem;
    mechanic_begin_request(instant->mechanic, instant->kernel, uds->node, uds->request, uds->size);
    return true;
}

static bool matches(const char *pattern, const uint8_t *bytes, size_t size)
{
    size_t digit = 0;
    for (; digit < 2 * size && pattern[digit] && pattern[digit] != '*'; digit++) {
        uint8_t value = digit % 2 == 0 ? bytes[digit / 2] >> 4 : bytes[digit / 2] & 0xF;
        if (pattern[digit] != '?' && pattern[digit] != HEX_DIGITS[value]) return false;
    }
    return pattern[digit] == '*' || (pattern[digit] == '\0' && digit == 2 * size);
}

// What begins as told must be an answer to its end; one that is told byte by byte is what the story wants to see,
// whatever the standard says of it.
static bool is_as_told(const char *pattern, const workshop_job_t *job)
{
    bool whole = !strchr(pattern, '*');
    return matches(pattern, job->bytes, job->size) && (whole || job->end != WORKSHOP_UNREADABLE);
}

static verb_progress_t progress(instant_t *instant, const story_step_t *step, words_t *problem)
{
    const request_t *uds = step->told;
    const workshop_job_t *job = mechanic_answer(instant->mechanic);
    if (!job) return VERB_NOT_YET;
    bool answered = job->size > 0, unreadable = job->end == WORKSHOP_UNREADABLE;
    bool lost = job->end == WORKSHOP_BROKEN && job->transfer == ISOTP_NOT_SENT; // our request, which nobody answers
    bool broken = (job->end == WORKSHOP_BROKEN && !lost) || job->end == WORKSHOP_ENDLESS;
    if (uds->response == RESPONSE_ANY && answered && !unreadable) return VERB_DONE;
    if (uds->response == RESPONSE_NONE && !answered && !broken) return VERB_DONE;
    if (uds->response == RESPONSE_PATTERN && answered && is_as_told(uds->pattern, job)) return VERB_DONE;
    if (unreadable)
        words_add_end(problem, job);
    else if (answered)
        words_add(problem,
                  uds->response == RESPONSE_NONE ? "answered, where silence was expected" : "another answer came");
    else if (job->end != WORKSHOP_ACCEPTED)
        words_add_end(problem, job);
    else // and none was asked for
        words_add(problem, "no answer");
    return VERB_FAILED;
}

const verb_t verb_uds = {.name = "uds",
                         .kind = VERB_WORKSHOP,
                         .load = load,
                         .write = write,
                         .words = add_words,
                         .act = act,
                         .progress = progress};

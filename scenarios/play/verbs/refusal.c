// SPDX-License-Identifier: MIT
#include "scenarios/play/verbs/refusal.h"

#include "scenarios/story/words_workshop.h"

void refusal_load(story_loader_t *loader, const char *name, uint8_t *refused)
{
    if (name && !uds_nrc_find(name, refused))
        json_reader_mistake_at(&loader->reader, "refused",
                               "must be the name of a negative response, like \"requestOutOfRange\"");
}

void refusal_write(uint8_t refused, json_t *object)
{
    if (refused != UDS_ACCEPTED) json_object_set_new(object, "refused", json_string(uds_nrc_name(refused)));
}

void refusal_add_words(words_t *words, uint8_t refused)
{
    if (refused == UDS_ACCEPTED) return;
    words_add(words, ", refused with ");
    words_add_refusal(words, refused);
}

static const char *name_of(uint8_t nrc)
{
    const char *name = uds_nrc_name(nrc);
    return name ? name : "a reserved code";
}

verb_progress_t refusal_judge(const instant_t *instant, uint8_t refused, words_t *problem)
{
    const workshop_job_t *job = mechanic_answer(instant->mechanic);
    if (!job) return VERB_NOT_YET;
    // What is done is not refused, though its session could not be closed.
    bool refuses = job->end == WORKSHOP_REFUSED && !workshop_job_is_done(job);
    bool as_expected = refused != UDS_ACCEPTED ? refuses && job->nrc == refused : job->end == WORKSHOP_ACCEPTED;
    if (as_expected) return VERB_DONE;
    words_add_end(problem, job);
    if (refused != UDS_ACCEPTED)
        words_add(problem, refuses ? ", not with %s" : ", not refused with %s", name_of(refused));
    return VERB_FAILED;
}

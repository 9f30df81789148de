// SPDX-License-Identifier: MIT
#include "scenarios/mechanic.h"

#include <assert.h>

#include "scenarios/words_workshop.h"

static const char HEX_DIGITS[] = "0123456789ABCDEF";

// ---- acts ----------------------------------------------------------------------------------------------------------

// A call alone would not be noticed: a node works when it is activated.
static void activate_tester(kernel_t *kernel)
{
    int line = kernel_find_line(kernel, TESTER_GO_LINE);
    assert(line >= 0);
    kernel_set_line(kernel, (uint16_t)line, 1, true);
}

void mechanic_act(mechanic_t *self, kernel_t *kernel, const story_step_t *step)
{
    assert(self->tester);
    if (step->verb == VERB_SERVICE)
        tester_begin_service(self->tester, step->service.node, &step->service.service);
    else if (step->verb == VERB_CIP)
        tester_begin_coding(self->tester, step->cip.node, &step->cip.coding);
    else
        tester_begin_request(self->tester, step->uds.node, step->uds.request, step->uds.size);
    activate_tester(kernel);
}

bool mechanic_has_answer(const mechanic_t *self)
{
    return tester_job(self->tester);
}

void mechanic_read(mechanic_t *self, kernel_t *kernel, uint32_t nodes)
{
    if (nodes == 0) return;
    assert(self->tester);
    tester_read_faults(self->tester, nodes);
    activate_tester(kernel);
}

void mechanic_watch(mechanic_t *self, uint32_t nodes)
{
    if (self->tester) tester_watch_faults(self->tester, nodes);
}

// ---- answers -------------------------------------------------------------------------------------------------------

static const char *name_of(uint8_t nrc)
{
    const char *name = uds_nrc_name(nrc);
    return name ? name : "a reserved code";
}

// Of service and cip: REFUSED must be that refusal, without one nothing may be refused.
static bool judge_function(const workshop_job_t *job, uint8_t refused, words_t *problem)
{
    bool as_expected =
        refused != UDS_ACCEPTED ? job->end == WORKSHOP_REFUSED && job->nrc == refused : job->end == WORKSHOP_ACCEPTED;
    if (as_expected) return true;
    words_add_end(problem, job);
    if (refused == UDS_ACCEPTED) return false;
    words_add(problem, job->end == WORKSHOP_REFUSED ? ", not with %s" : ", not refused with %s", name_of(refused));
    return false;
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

static bool judge_response(const workshop_job_t *job, const story_uds_t *uds, words_t *problem)
{
    bool answered = job->size > 0, broken = job->end == WORKSHOP_BROKEN;
    if (uds->response == RESPONSE_ANY && answered) return true;
    if (uds->response == RESPONSE_NONE && !answered && !broken) return true;
    if (uds->response == RESPONSE_PATTERN && answered && matches(uds->pattern, job->bytes, job->size)) return true;
    if (answered)
        words_add(problem,
                  uds->response == RESPONSE_NONE ? "answered, where silence was expected" : "another answer came");
    else if (broken)
        words_add_end(problem, job);
    else
        words_add(problem, "no answer");
    return false;
}

bool mechanic_judge(const mechanic_t *self, const story_step_t *step, words_t *problem)
{
    const workshop_job_t *job = tester_job(self->tester);
    assert(job);
    if (step->verb == VERB_UDS) return judge_response(job, &step->uds, problem);
    return judge_function(job, step->verb == VERB_CIP ? step->cip.refused : step->service.refused, problem);
}

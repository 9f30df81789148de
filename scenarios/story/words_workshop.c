// SPDX-License-Identifier: MIT
#include "scenarios/story/words_workshop.h"

#include <inttypes.h>

// Conditions that are not correct, each manufacturer's own (ISO 14229-1, A.1).
#define OWN_CODES_FIRST 0xF0
#define OWN_CODES_LAST 0xFE

static const char *const TRANSFER_WORDS[] = {
    [ISOTP_NOTHING] = "it cannot be sent",
    [ISOTP_DONE] = "it was carried",
    [ISOTP_TIMEOUT_A] = "the bus did not carry a frame in time",
    [ISOTP_TIMEOUT_BS] = "no flow control came",
    [ISOTP_TIMEOUT_CR] = "no further consecutive frame came",
    [ISOTP_TIMEOUT_CS] = "a consecutive frame was late",
    [ISOTP_NOT_SENT] = "a frame was lost before it was sent",
    [ISOTP_OVERFLOW] = "the unit has no room for it",
    [ISOTP_INVALID_FLOW] = "a flow control of a reserved kind came",
    [ISOTP_TOO_MANY_WAITS] = "the unit let us wait too often",
    [ISOTP_WRONG_SEQUENCE] = "a consecutive frame was missing or out of order",
    [ISOTP_UNEXPECTED] = "another message began inside it",
};

static void add_endless(words_t *self)
{
    words_add(self, "\"response pending\" for %g s, and nothing else", (double)UDS_CLIENT_PENDING_NS / TIME_S);
}

void words_add_refusal(words_t *self, uint8_t nrc)
{
    const char *name = uds_nrc_name(nrc);
    if (name)
        words_add(self, "%s", name);
    else if (nrc >= OWN_CODES_FIRST && nrc <= OWN_CODES_LAST)
        words_add(self, "the vehicle manufacturer's code 0x%02X", nrc);
    else
        words_add(self, "the reserved code 0x%02X", nrc);
}

void words_add_bytes(words_t *self, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size && i < WORDS_BYTES_TOLD_MAX; i++) words_add(self, "%s%02X", i > 0 ? " " : "", bytes[i]);
    if (size > WORDS_BYTES_TOLD_MAX) words_add(self, " ... (%zu bytes)", size);
}

// ---- what came -----------------------------------------------------------------------------------------------------

// Where in the job that was, unless it is what was wanted itself, or the unit was not there from the first.
static void add_stage(words_t *self, const workshop_job_t *job)
{
    static const char *const STAGE_WORDS[] = {
        [WORKSHOP_STAGE_OPEN] = "opening the session: ",
        [WORKSHOP_STAGE_UNLOCK] = "security access: ",
        [WORKSHOP_STAGE_VERIFY] = "reading back: ",
        [WORKSHOP_STAGE_CLOSE] = "done, but closing the session: ",
        [WORKSHOP_STAGE_OVER] = NULL,
    };
    bool begun = job->ended_in > WORKSHOP_STAGE_OPEN;
    bool told = job->end != WORKSHOP_UNDER_WAY && job->end != WORKSHOP_ACCEPTED && job->end != WORKSHOP_DIFFERENT &&
                (begun || (job->end != WORKSHOP_SILENT && job->end != WORKSHOP_BROKEN));
    const char *stage = told ? STAGE_WORDS[job->ended_in] : NULL;
    if (stage) words_add(self, "%s", stage);
}

void words_add_unreadable(words_t *self, const uint8_t *bytes, size_t size)
{
    words_add(self, "the answer cannot be read: ");
    words_add_bytes(self, bytes, size);
}

void words_add_end(words_t *self, const workshop_job_t *job)
{
    add_stage(self, job);
    switch (job->end) {
    case WORKSHOP_UNDER_WAY:
        words_add(self, "under way");
        return;
    case WORKSHOP_ACCEPTED:
        words_add(self, "accepted");
        return;
    case WORKSHOP_REFUSED:
        words_add(self, "refused with ");
        words_add_refusal(self, job->nrc);
        return;
    case WORKSHOP_NOT_DONE:
        words_add(self, "not done, the routine's result is 0x%02X", job->size > 0 ? job->bytes[job->size - 1] : 0U);
        return;
    case WORKSHOP_SILENT:
        words_add(self, "no answer");
        if (job->transfer == ISOTP_TIMEOUT_A || job->transfer == ISOTP_TIMEOUT_CR)
            words_add(self, ": %s", TRANSFER_WORDS[job->transfer]);
        return;
    case WORKSHOP_ENDLESS:
        add_endless(self);
        return;
    case WORKSHOP_BROKEN:
        words_add(self, "no answer: the transfer failed, %s", TRANSFER_WORDS[job->transfer]);
        return;
    case WORKSHOP_UNREADABLE:
        words_add_unreadable(self, job->bytes, job->size);
        return;
    case WORKSHOP_DIFFERENT:
        words_add(self, "what was read back is not what was written");
        return;
    }
}

void words_add_answer(words_t *self, const workshop_job_t *job)
{
    const uint8_t *request = job->ended_by.size > 0 ? job->ended_by.bytes : job->raw.bytes;
    size_t size = job->ended_by.size > 0 ? job->ended_by.size : job->raw.size;
    bool unlock = job->ended_by.size > 0 && job->ended_in == WORKSHOP_STAGE_UNLOCK;
    if (unlock)
        words_add(self, "security access"); // seed or key
    else
        words_add_bytes(self, request, size);
    if (job->size == 0) {
        words_add(self, " was not answered");
        return;
    }
    words_add(self, " was answered by ");
    words_add_bytes(self, job->bytes, job->size);
    if (job->end != WORKSHOP_REFUSED) return;
    words_add(self, " (");
    words_add_refusal(self, job->nrc);
    words_add(self, ")");
}

void words_add_faults(words_t *self, const char *unit, const tester_faults_t *faults)
{
    if (!faults) {
        words_add(self, "%s's fault memory was not read yet", unit);
        return;
    }
    char at[TIME_TEXT_MAX];
    words_add(self, "%s's fault memory at %s s: ", unit, time_format(faults->at_ns, at));
    if (!faults->answered && faults->end == WORKSHOP_REFUSED)
        words_add_refusal(self, faults->nrc);
    else if (!faults->answered && faults->end == WORKSHOP_UNREADABLE)
        words_add_unreadable(self, faults->bytes, faults->size);
    else if (!faults->answered && faults->end == WORKSHOP_ENDLESS)
        add_endless(self);
    else if (!faults->answered)
        words_add(self, "no answer");
    workshop_fault_t fault = {0};
    size_t count = 0;
    for (; faults->answered && workshop_read_fault(faults->bytes, faults->size, count, &fault); count++)
        words_add(self, "%s0x%04" PRIX32 "%s", count > 0 ? ", " : "", fault.code,
                  fault.status & WORKSHOP_FAULT_ACTIVE ? " active" : "");
    if (faults->answered && count == 0) words_add(self, "empty");
}

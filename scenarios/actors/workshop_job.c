// SPDX-License-Identifier: MIT
#include "scenarios/actors/workshop_job.h"

#include <assert.h>
#include <string.h>

#define WRITE_HEADER 3 // service, identifier; so has a read request and its answer

static const workshop_request_t OPEN = {.size = 2, .bytes = {UDS_SESSION_CONTROL, UDS_SESSION_EXTENDED}};
static const workshop_request_t CLOSE = {.size = 2, .bytes = {UDS_SESSION_CONTROL, UDS_SESSION_DEFAULT}};
static const workshop_request_t UNLOCK = {.size = 2, .bytes = {UDS_SECURITY_ACCESS, UDS_SECURITY_SEED}};

static void begin(workshop_job_t *self, workshop_stage_t stage)
{
    self->coding = self->service = self->writing = self->session = false;
    self->stage = stage;
    self->end = WORKSHOP_UNDER_WAY;
    self->nrc = UDS_ACCEPTED;
    self->transfer = ISOTP_NOTHING;
    self->ended_by.size = 0;
    self->size = 0;
}

void workshop_job_request(workshop_job_t *self, const uint8_t *bytes, size_t size)
{
    begin(self, WORKSHOP_STAGE_ACT);
    self->raw = (uds_step_t){.kind = UDS_STEP_REQUEST, .bytes = bytes, .size = size};
}

void workshop_job_service(workshop_job_t *self, const workshop_service_t *service)
{
    begin(self, WORKSHOP_STAGE_OPEN);
    self->service = true;
    self->function = *service;
}

void workshop_job_coding(workshop_job_t *self, const workshop_coding_t *coding)
{
    assert(coding->settings <= WORKSHOP_SETTINGS_MAX);
    begin(self, WORKSHOP_STAGE_READ);
    self->coding = true;
    self->change = *coding;
}

void workshop_job_write(workshop_job_t *self, const workshop_request_t *write)
{
    assert(write->size >= WRITE_HEADER && write->bytes[0] == UDS_WRITE_DATA);
    begin(self, WORKSHOP_STAGE_OPEN);
    self->writing = true;
    self->write = *write;
}

bool workshop_job_is_over(const workshop_job_t *self)
{
    return self->stage == WORKSHOP_STAGE_OVER;
}

bool workshop_job_is_done(const workshop_job_t *self)
{
    return self->end == WORKSHOP_ACCEPTED || (workshop_job_is_over(self) && self->ended_in == WORKSHOP_STAGE_CLOSE);
}

// ---- requests ------------------------------------------------------------------------------------------------------

static uint16_t written_id(const workshop_job_t *self)
{
    return self->writing ? (uint16_t)uds_number(self->write.bytes + 1, 2) : workshop_profile_id(self->change.profile);
}

static workshop_request_t compose_act(const workshop_job_t *self)
{
    if (self->service) return workshop_service_request(&self->function);
    if (self->writing) return self->write;
    return workshop_write_request(written_id(self), self->change.settings, &self->profile);
}

static workshop_request_t compose(const workshop_job_t *self)
{
    switch (self->stage) {
    case WORKSHOP_STAGE_READ:
    case WORKSHOP_STAGE_VERIFY:
        return workshop_read_request(written_id(self));
    case WORKSHOP_STAGE_OPEN:
        return OPEN;
    case WORKSHOP_STAGE_UNLOCK:
        return UNLOCK;
    case WORKSHOP_STAGE_ACT:
        return compose_act(self);
    case WORKSHOP_STAGE_CLOSE:
    case WORKSHOP_STAGE_OVER:
        break;
    }
    return CLOSE;
}

static bool is_one_request(const workshop_job_t *self)
{
    return !self->service && !self->coding && !self->writing;
}

bool workshop_job_next(workshop_job_t *self, uds_step_t *step)
{
    if (self->stage == WORKSHOP_STAGE_OVER) return false;
    if (is_one_request(self)) {
        *step = self->raw;
        return true;
    }
    self->request = compose(self);
    *step = (uds_step_t){.kind = self->stage == WORKSHOP_STAGE_UNLOCK ? UDS_STEP_UNLOCK : UDS_STEP_REQUEST,
                         .bytes = self->request.bytes,
                         .size = self->request.size};
    return true;
}

// ---- answers -------------------------------------------------------------------------------------------------------

// Of a time-out nobody knows more than that nothing came: our request or the answer was lost on the way, or the unit
// does not even say "go on" to a long one.
static bool is_silence(isotp_result_t transfer)
{
    return transfer == ISOTP_TIMEOUT_A || transfer == ISOTP_TIMEOUT_BS || transfer == ISOTP_TIMEOUT_CR;
}

static workshop_end_t judge(const uds_answer_t *answer)
{
    switch (answer->outcome) {
    case UDS_OUTCOME_POSITIVE:
    case UDS_OUTCOME_QUIET:
        return WORKSHOP_ACCEPTED;
    case UDS_OUTCOME_NEGATIVE:
        return WORKSHOP_REFUSED;
    case UDS_OUTCOME_SILENT:
        return WORKSHOP_SILENT;
    case UDS_OUTCOME_UNREADABLE:
        return WORKSHOP_UNREADABLE;
    case UDS_OUTCOME_ENDLESS:
        return WORKSHOP_ENDLESS;
    case UDS_OUTCOME_BROKEN:
        return is_silence(answer->transfer) ? WORKSHOP_SILENT : WORKSHOP_BROKEN;
    case UDS_OUTCOME_INVALID:
        break;
    }
    return WORKSHOP_BROKEN;
}

static void note_end(workshop_job_t *self, workshop_end_t end, const uds_answer_t *answer)
{
    self->end = end;
    self->nrc = answer->nrc;
    self->transfer = answer->transfer;
    self->ended_in = self->stage;
    if (!is_one_request(self)) self->ended_by = self->request;
    self->size = answer->size;
    if (answer->size > 0) memcpy(self->bytes, answer->bytes, answer->size);
}

static workshop_end_t compare_record(const workshop_job_t *self, const uds_answer_t *answer)
{
    bool same =
        answer->size == self->write.size && memcmp(answer->bytes + 1, self->write.bytes + 1, self->write.size - 1) == 0;
    return same ? WORKSHOP_ACCEPTED : WORKSHOP_DIFFERENT;
}

// READ and VERIFY.
static workshop_end_t take_profile(workshop_job_t *self, const uds_answer_t *answer)
{
    if (self->writing) return compare_record(self, answer);
    const workshop_coding_t *change = &self->change;
    workshop_profile_t profile;
    if (!workshop_read_profile(answer->bytes, answer->size, written_id(self), change->settings, &profile))
        return WORKSHOP_UNREADABLE;
    if (self->stage == WORKSHOP_STAGE_VERIFY) {
        size_t size = change->settings * sizeof profile.values[0];
        bool same = profile.coded && memcmp(profile.values, self->profile.values, size) == 0;
        return same ? WORKSHOP_ACCEPTED : WORKSHOP_DIFFERENT;
    }
    self->profile = profile;
    self->profile.coded = true;
    for (size_t i = 0; i < change->count; i++) {
        assert(change->changes[i].setting < change->settings);
        self->profile.values[change->changes[i].setting] = change->changes[i].raw;
    }
    return WORKSHOP_ACCEPTED;
}

// ACT of a service function.
static workshop_end_t take_result(const workshop_job_t *self, const uds_answer_t *answer)
{
    uint8_t result;
    if (!workshop_read_result(answer->bytes, answer->size, &self->function, &result)) return WORKSHOP_UNREADABLE;
    return result == ROUTINE_DONE ? WORKSHOP_ACCEPTED : WORKSHOP_NOT_DONE;
}

static workshop_stage_t stage_after(const workshop_job_t *self)
{
    switch (self->stage) {
    case WORKSHOP_STAGE_READ:
        return WORKSHOP_STAGE_OPEN;
    case WORKSHOP_STAGE_OPEN:
        return WORKSHOP_STAGE_UNLOCK;
    case WORKSHOP_STAGE_UNLOCK:
        return WORKSHOP_STAGE_ACT;
    case WORKSHOP_STAGE_ACT:
        return self->coding || self->writing ? WORKSHOP_STAGE_VERIFY
               : self->service               ? WORKSHOP_STAGE_CLOSE
                                             : WORKSHOP_STAGE_OVER;
    case WORKSHOP_STAGE_VERIFY:
        return WORKSHOP_STAGE_CLOSE;
    case WORKSHOP_STAGE_CLOSE:
    case WORKSHOP_STAGE_OVER:
        break;
    }
    return WORKSHOP_STAGE_OVER;
}

static bool is_heard(workshop_end_t end)
{
    return end != WORKSHOP_SILENT && end != WORKSHOP_BROKEN;
}

void workshop_job_take(workshop_job_t *self, const uds_answer_t *answer)
{
    assert(self->stage != WORKSHOP_STAGE_OVER);
    workshop_end_t end = judge(answer);
    bool reads = self->stage == WORKSHOP_STAGE_READ || self->stage == WORKSHOP_STAGE_VERIFY;
    bool runs = self->service && self->stage == WORKSHOP_STAGE_ACT;
    if (reads && end == WORKSHOP_ACCEPTED) end = take_profile(self, answer);
    if (runs && end == WORKSHOP_ACCEPTED) end = take_result(self, answer);
    bool good = end == WORKSHOP_ACCEPTED, closes = self->stage == WORKSHOP_STAGE_CLOSE;
    // The answer that decides is that of the function itself, or the first that was not accepted.
    bool decides = self->end == WORKSHOP_UNDER_WAY || self->end == WORKSHOP_ACCEPTED;
    if (decides && (!good || !closes)) note_end(self, end, answer);
    if (self->stage == WORKSHOP_STAGE_OPEN) self->session = good;
    if (good)
        self->stage = stage_after(self);
    else
        self->stage = self->session && !closes && is_heard(end) ? WORKSHOP_STAGE_CLOSE : WORKSHOP_STAGE_OVER;
}

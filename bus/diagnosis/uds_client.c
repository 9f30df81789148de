// SPDX-License-Identifier: MIT
#include "bus/diagnosis/uds_client.h"
#include "bus/diagnosis/uds_response.h"

#include <string.h>

static const uint8_t SEED_REQUEST[] = {UDS_SECURITY_ACCESS, UDS_SECURITY_SEED};

void uds_client_init(uds_client_t *self)
{
    memset(self, 0, sizeof *self);
    self->margin_ns = UDS_CLIENT_MARGIN_NS;
    isotp_init(&self->link, &(isotp_config_t){.rx_address = UDS_TESTER_ADDRESS});
}

bool uds_client_begin(uds_client_t *self, uint8_t target, const uds_step_t *steps, size_t count)
{
    if (uds_client_busy(self) || count == 0) return false;
    isotp_config_t config = uds_tester_link(target);
    isotp_init(&self->link, &config);
    self->target = target;
    self->steps = steps;
    self->step_count = count;
    self->step = 0;
    self->key_sent = false;
    self->state = UDS_CLIENT_READY;
    return true;
}

void uds_client_cancel(uds_client_t *self)
{
    isotp_config_t config = self->link.config;
    isotp_init(&self->link, &config);
    self->state = UDS_CLIENT_IDLE;
}

// ---- an answer -----------------------------------------------------------------------------------------------------

static void end_step(uds_client_t *self, uds_outcome_t outcome)
{
    self->answer.step = self->step;
    self->answer.outcome = outcome;
    self->state = UDS_CLIENT_ANSWERED;
}

static void break_step(uds_client_t *self, isotp_result_t result)
{
    self->answer.transfer = result;
    end_step(self, UDS_OUTCOME_BROKEN);
}

// Silence is what a request with the suppressing bit asks for, unless the unit said that it is busy with it: what else
// came meanwhile was for somebody else.
static void end_without_answer(uds_client_t *self)
{
    bool suppressed = self->request_size > 1 && uds_has_sub_function(self->request[0]) &&
                      (self->request[1] & UDS_SUPPRESS) != 0 && self->pending_count == 0;
    if (suppressed || self->wrong_size == 0) {
        bool endless = self->pending_count > 0 && self->deadline_ns == self->pending_until_ns;
        end_step(self, suppressed ? UDS_OUTCOME_QUIET : endless ? UDS_OUTCOME_ENDLESS : UDS_OUTCOME_SILENT);
        return;
    }
    self->answer.bytes = self->wrong;
    self->answer.size = self->wrong_size;
    end_step(self, UDS_OUTCOME_UNREADABLE);
}

static void start_request(uds_client_t *self, const uint8_t *bytes, size_t size, int64_t now_ns)
{
    isotp_release(&self->link);
    self->request = bytes;
    self->request_size = size;
    self->pending_count = 0;
    self->wrong_size = 0;
    self->answer = (uds_answer_t){.transfer = ISOTP_NOTHING};
    self->state = UDS_CLIENT_SENDING;
    if (!isotp_send(&self->link, bytes, size, now_ns)) end_step(self, UDS_OUTCOME_INVALID);
}

static void start_step(uds_client_t *self, int64_t now_ns)
{
    const uds_step_t *step = &self->steps[self->step];
    bool unlock = step->kind == UDS_STEP_UNLOCK;
    self->key_sent = self->seed_new = false;
    start_request(self, unlock ? SEED_REQUEST : step->bytes, unlock ? sizeof SEED_REQUEST : step->size, now_ns);
}

static bool is_seed_asked(const uds_client_t *self)
{
    return self->steps[self->step].kind == UDS_STEP_UNLOCK && !self->key_sent;
}

// A seed of zeros says that the unit is unlocked already (ISO 14229-1, 10.4).
static bool send_key(uds_client_t *self, const uint8_t *bytes, int64_t now_ns)
{
    static const uint8_t UNLOCKED[UDS_SEED_SIZE];
    if (!is_seed_asked(self) || memcmp(bytes + 2, UNLOCKED, UDS_SEED_SIZE) == 0) return false;
    memcpy(self->seed, bytes + 2, UDS_SEED_SIZE);
    self->unlock[0] = UDS_SECURITY_ACCESS;
    self->unlock[1] = UDS_SECURITY_KEY;
    uds_security_key(self->target, self->seed, self->unlock + 2);
    self->key_sent = true;
    start_request(self, self->unlock, sizeof self->unlock, now_ns);
    return true;
}

// A doubled request for a seed brings two, and the unit knows the second alone.
static void note_seed(uds_client_t *self, const uint8_t *bytes, size_t size)
{
    static const uint8_t BEGINNING[] = {UDS_SECURITY_ACCESS + UDS_POSITIVE, UDS_SECURITY_SEED};
    if (!self->key_sent || size != 2 + UDS_SEED_SIZE || memcmp(bytes, BEGINNING, 2) != 0) return;
    self->seed_new = memcmp(bytes + 2, self->seed, UDS_SEED_SIZE) != 0;
}

static bool unlock_again(uds_client_t *self, uint8_t nrc, int64_t now_ns)
{
    if (!self->seed_new || self->unlocks_again || nrc != UDS_INVALID_KEY) return false;
    start_step(self, now_ns);
    self->unlocks_again = true;
    return true;
}

static void take_stray(uds_client_t *self, const uint8_t *bytes, size_t size)
{
    self->strays++;
    note_seed(self, bytes, size);
    if (self->state == UDS_CLIENT_WAITING) {
        memcpy(self->wrong, bytes, size);
        self->wrong_size = size;
    }
    isotp_release(&self->link);
}

// The unit has our request: what came before was not for it.
static void take_pending(uds_client_t *self, int64_t now_ns)
{
    if (self->pending_count++ == 0) self->pending_until_ns = now_ns + UDS_CLIENT_PENDING_NS;
    self->deadline_ns = time_earlier(now_ns + UDS_P2_EXTENDED_NS + self->margin_ns, self->pending_until_ns);
    self->wrong_size = 0;
    isotp_release(&self->link);
}

static void take_response(uds_client_t *self, const uint8_t *bytes, size_t size, int64_t now_ns)
{
    uds_response_t response = self->state == UDS_CLIENT_WAITING
                                  ? uds_response_judge(self->request, self->request_size, bytes, size)
                                  : UDS_RESPONSE_WRONG;
    bool positive = response == UDS_RESPONSE_POSITIVE;
    // The standard leaves the size of a seed to the unit; the keys that we can make are to one of ours.
    if (positive && is_seed_asked(self) && size != 2 + UDS_SEED_SIZE) response = UDS_RESPONSE_WRONG;
    if (response == UDS_RESPONSE_WRONG) {
        take_stray(self, bytes, size);
        return;
    }
    if (!positive && bytes[2] == UDS_RESPONSE_PENDING) {
        take_pending(self, now_ns);
        return;
    }
    if (positive ? send_key(self, bytes, now_ns) : unlock_again(self, bytes[2], now_ns)) return;
    self->answer.bytes = bytes;
    self->answer.size = size;
    self->answer.nrc = positive ? UDS_ACCEPTED : bytes[2];
    end_step(self, positive ? UDS_OUTCOME_POSITIVE : UDS_OUTCOME_NEGATIVE);
}

// ---- the link ------------------------------------------------------------------------------------------------------

static void take_results(uds_client_t *self, int64_t now_ns)
{
    isotp_result_t sent = isotp_take_send_result(&self->link), received = isotp_take_receive_result(&self->link);
    if (!uds_client_busy(self)) return; // the steps are not ours any more
    if (self->state == UDS_CLIENT_SENDING && sent != ISOTP_NOTHING) {
        self->state = UDS_CLIENT_WAITING;
        self->deadline_ns = now_ns + UDS_P2_NS + self->margin_ns;
        if (sent != ISOTP_DONE)
            break_step(self, sent);
        else if (self->link.config.functional)
            end_step(self, UDS_OUTCOME_QUIET);
    }
    // What another message has interrupted was an answer to something else, doubled on its way: this unit begins none
    // anew.
    if (received == ISOTP_UNEXPECTED) {
        self->strays++;
        received = ISOTP_NOTHING;
    }
    if (self->state == UDS_CLIENT_WAITING && received != ISOTP_NOTHING) break_step(self, received);
    const uint8_t *bytes;
    size_t size;
    if (self->state != UDS_CLIENT_ANSWERED && isotp_received(&self->link, &bytes, &size))
        take_response(self, bytes, size, now_ns);
}

bool uds_client_accept(uds_client_t *self, const can_frame_t *frame, int64_t now_ns)
{
    if (!uds_client_busy(self)) return false;
    bool ours = isotp_accept(&self->link, frame, now_ns);
    if (ours) take_results(self, now_ns);
    return ours;
}

bool uds_client_sent(uds_client_t *self, const can_frame_t *frame, int64_t now_ns)
{
    bool ours = isotp_sent(&self->link, frame, now_ns);
    if (ours) take_results(self, now_ns);
    return ours;
}

bool uds_client_not_sent(uds_client_t *self, const can_frame_t *frame, int64_t now_ns)
{
    bool ours = isotp_not_sent(&self->link, frame, now_ns);
    if (ours) take_results(self, now_ns);
    return ours;
}

bool uds_client_pull(uds_client_t *self, int64_t now_ns, can_frame_t *frame)
{
    if (self->state == UDS_CLIENT_READY) {
        self->unlocks_again = false;
        start_step(self, now_ns);
    }
    isotp_tick(&self->link, now_ns);
    take_results(self, now_ns);
    if (self->state == UDS_CLIENT_WAITING && !isotp_receiving(&self->link) && self->deadline_ns <= now_ns)
        end_without_answer(self);
    return isotp_pull(&self->link, now_ns, frame);
}

int64_t uds_client_deadline(const uds_client_t *self)
{
    if (self->state == UDS_CLIENT_READY) return 0;
    int64_t deadline_ns = isotp_deadline(&self->link);
    bool waits = self->state == UDS_CLIENT_WAITING && !isotp_receiving(&self->link);
    return waits ? time_earlier(deadline_ns, self->deadline_ns) : deadline_ns;
}

bool uds_client_take_answer(uds_client_t *self, uds_answer_t *answer)
{
    if (self->state != UDS_CLIENT_ANSWERED) return false;
    *answer = self->answer;
    bool good = answer->outcome == UDS_OUTCOME_POSITIVE || answer->outcome == UDS_OUTCOME_QUIET;
    bool more = (good || self->steps[self->step].go_on) && self->step + 1 < self->step_count;
    self->step++;
    self->state = more ? UDS_CLIENT_READY : UDS_CLIENT_IDLE;
    return true;
}

bool uds_client_busy(const uds_client_t *self)
{
    return self->state != UDS_CLIENT_IDLE;
}

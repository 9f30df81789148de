// SPDX-License-Identifier: MIT
#include "bus/diagnosis/uds_services.h"

#define P2_UNIT_NS TIME_MS
#define P2_EXTENDED_UNIT_NS (10 * TIME_MS)

// ---- what services share -------------------------------------------------------------------------------------------

void uds_service_enter_session(uds_server_t *self, uds_session_t session)
{
    self->session = session;
    self->unlocked = self->seed_given = false;
    self->session_ends_ns = TIME_NEVER;
    if (session != UDS_SESSION_DEFAULT) return;
    self->silent = self->deaf = 0;
    self->faults_off = false;
}

void uds_service_wait(uds_server_t *self, uint32_t ticket)
{
    self->stores = true;
    self->ticket = ticket;
}

// ---- the services --------------------------------------------------------------------------------------------------

static void put_sub_function(uds_server_t *self)
{
    uds_message_put_number(&self->response, self->sub_function, 1);
}

uds_nrc_t uds_service_session(uds_server_t *self, const uint8_t *request, size_t size)
{
    (void)request;
    (void)size;
    uds_service_enter_session(self, (uds_session_t)self->sub_function);
    put_sub_function(self);
    uds_message_put_number(&self->response, UDS_P2_NS / P2_UNIT_NS, 2);
    uds_message_put_number(&self->response, UDS_P2_EXTENDED_NS / P2_EXTENDED_UNIT_NS, 2);
    return UDS_ACCEPTED;
}

uds_nrc_t uds_service_reset(uds_server_t *self, const uint8_t *request, size_t size)
{
    (void)request;
    (void)size;
    self->reset = true; // when the response is on its way
    put_sub_function(self);
    return UDS_ACCEPTED;
}

uds_nrc_t uds_service_tester_present(uds_server_t *self, const uint8_t *request, size_t size)
{
    (void)request;
    (void)size;
    put_sub_function(self);
    return UDS_ACCEPTED;
}

uds_nrc_t uds_service_fault_setting(uds_server_t *self, const uint8_t *request, size_t size)
{
    (void)request;
    (void)size;
    self->faults_off = self->sub_function == UDS_FAULTS_OFF;
    put_sub_function(self);
    return UDS_ACCEPTED;
}

// Sub-function: bit 0 silences, bit 1 deafens. Communication type: bit 0 normal messages, bit 1 network management.
uds_nrc_t uds_service_communication(uds_server_t *self, const uint8_t *request, size_t size)
{
    (void)size;
    uint8_t types = request[2];
    if (types < UDS_SERVER_NORMAL || types > (UDS_SERVER_NORMAL | UDS_SERVER_NETWORK)) return UDS_OUT_OF_RANGE;
    uint8_t silent = self->silent & (uint8_t)~types, deaf = self->deaf & (uint8_t)~types;
    self->silent = (self->sub_function & 1) != 0 ? silent | types : silent;
    self->deaf = (self->sub_function & 2) != 0 ? deaf | types : deaf;
    put_sub_function(self);
    return UDS_ACCEPTED;
}

// ---- security access -----------------------------------------------------------------------------------------------

// After the delay one more attempt is free; a wrong key then begins the next delay.
static bool is_delayed(uds_server_t *self)
{
    if (self->attempts < UDS_SERVER_ATTEMPTS_MAX) return false;
    if (*self->port.now_ns < self->delay_ends_ns) return true;
    self->attempts = UDS_SERVER_ATTEMPTS_MAX - 1;
    return false;
}

static uds_nrc_t give_seed(uds_server_t *self)
{
    static const uint8_t UNLOCKED[UDS_SEED_SIZE];
    if (is_delayed(self)) return UDS_DELAY_NOT_EXPIRED;
    put_sub_function(self);
    if (self->unlocked) {
        uds_message_put(&self->response, UNLOCKED, UDS_SEED_SIZE);
        return UDS_ACCEPTED;
    }
    uint64_t seed = random_next(self->port.random);
    for (size_t i = 0; i < UDS_SEED_SIZE; i++) self->seed[i] = (uint8_t)(seed >> (8 * i));
    if (seed == 0) self->seed[0] = 1; // zeros would say "unlocked"
    self->seed_given = true;
    uds_message_put(&self->response, self->seed, UDS_SEED_SIZE);
    return UDS_ACCEPTED;
}

static bool is_key(const uds_server_t *self, const uint8_t *bytes)
{
    uint8_t key[UDS_KEY_SIZE];
    uds_security_key(self->address, self->seed, key);
    uint8_t difference = 0;
    for (size_t i = 0; i < UDS_KEY_SIZE; i++) difference |= key[i] ^ bytes[i];
    return difference == 0;
}

// The count is durable before the answer: who takes the power away early gains no attempt.
static uds_nrc_t take_key(uds_server_t *self, const uint8_t *key)
{
    if (!self->seed_given) return UDS_SEQUENCE_ERROR;
    self->seed_given = false;
    bool right = is_key(self, key);
    if (!right || self->attempts > 0) uds_service_wait(self, self->port.store(self->port.unit));
    if (right) {
        self->attempts = 0;
        self->unlocked = true;
        put_sub_function(self);
        return UDS_ACCEPTED;
    }
    if (++self->attempts < UDS_SERVER_ATTEMPTS_MAX) return UDS_INVALID_KEY;
    self->delay_ends_ns = *self->port.now_ns + UDS_SERVER_DELAY_NS;
    return UDS_TOO_MANY_ATTEMPTS;
}

uds_nrc_t uds_service_security(uds_server_t *self, const uint8_t *request, size_t size)
{
    (void)size;
    return self->sub_function == UDS_SECURITY_SEED ? give_seed(self) : take_key(self, request + 2);
}

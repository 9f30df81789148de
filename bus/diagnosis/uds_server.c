// SPDX-License-Identifier: MIT
#include "bus/diagnosis/uds_server.h"

#include <assert.h>
#include <string.h>

#include "bus/diagnosis/uds_services.h"

enum { IN_DEFAULT = 1, IN_EXTENDED = 2, ALWAYS = IN_DEFAULT | IN_EXTENDED };

typedef struct {
    uint8_t number;
    uint8_t sessions;
    uint8_t size; // of the whole request, 0: the handler judges it
} sub_function_t;

typedef struct {
    uint8_t service;
    uint8_t sessions;
    bool secured;
    uint8_t minimum; // of the whole request
    uds_handler_t *handle;
    sub_function_t subs[5]; // number 0 with no session ends them
} service_t;

// A row of the table is a row here.
// clang-format off
static const service_t SERVICES[] = {
    {UDS_SESSION_CONTROL,       ALWAYS,      false, 2, uds_service_session,
        {{UDS_SESSION_DEFAULT, ALWAYS, 2}, {UDS_SESSION_EXTENDED, ALWAYS, 2}}},
    {UDS_RESET,                 ALWAYS,      false, 2, uds_service_reset,
        {{UDS_RESET_HARD, IN_EXTENDED, 2}, {UDS_RESET_SOFT, ALWAYS, 2}}},
    {UDS_CLEAR_FAULTS,          ALWAYS,      false, 4, uds_service_clear_faults, {{0}}},
    {UDS_READ_FAULTS,           ALWAYS,      false, 2, uds_service_read_faults,
        {{UDS_FAULTS_COUNT_BY_STATUS, ALWAYS, 3}, {UDS_FAULTS_BY_STATUS, ALWAYS, 3}, {UDS_FAULTS_SNAPSHOT, ALWAYS, 6},
         {UDS_FAULTS_EXTENDED, ALWAYS, 6}, {UDS_FAULTS_SUPPORTED, ALWAYS, 2}}},
    {UDS_READ_DATA,             ALWAYS,      false, 3, uds_service_read, {{0}}},
    {UDS_SECURITY_ACCESS,       IN_EXTENDED, false, 2, uds_service_security,
        {{UDS_SECURITY_SEED, IN_EXTENDED, 2}, {UDS_SECURITY_KEY, IN_EXTENDED, 2 + UDS_KEY_SIZE}}},
    {UDS_COMMUNICATION_CONTROL, IN_EXTENDED, false, 2, uds_service_communication,
        {{0, IN_EXTENDED, 3}, {1, IN_EXTENDED, 3}, {2, IN_EXTENDED, 3}, {3, IN_EXTENDED, 3}}},
    {UDS_WRITE_DATA,            IN_EXTENDED, true,  4, uds_service_write, {{0}}},
    {UDS_ROUTINE_CONTROL,       IN_EXTENDED, true,  4, uds_service_routine,
        {{UDS_ROUTINE_START, IN_EXTENDED, 0}, {UDS_ROUTINE_RESULTS, IN_EXTENDED, 0}}},
    {UDS_TESTER_PRESENT,        ALWAYS,      false, 2, uds_service_tester_present, {{0, ALWAYS, 2}}},
    {UDS_FAULT_SETTING,         IN_EXTENDED, false, 2, uds_service_fault_setting,
        {{UDS_FAULTS_ON, IN_EXTENDED, 2}, {UDS_FAULTS_OFF, IN_EXTENDED, 2}}},
};
// clang-format on

// ---- the order of checks (ISO 14229-1, 8.7, general server response behaviour) -------------------------------------

static const service_t *find_service(uint8_t service)
{
    for (size_t i = 0; i < sizeof SERVICES / sizeof SERVICES[0]; i++) {
        if (SERVICES[i].service == service) return &SERVICES[i];
    }
    return NULL;
}

static const sub_function_t *find_sub_function(const service_t *service, uint8_t number)
{
    for (size_t i = 0; i < sizeof service->subs / sizeof service->subs[0]; i++) {
        if (service->subs[i].sessions != 0 && service->subs[i].number == number) return &service->subs[i];
    }
    return NULL;
}

static uint8_t session_bit(const uds_server_t *self)
{
    return self->session == UDS_SESSION_DEFAULT ? IN_DEFAULT : IN_EXTENDED;
}

static uds_nrc_t check_sub_function(const uds_server_t *self, const service_t *service, size_t size)
{
    const sub_function_t *sub = find_sub_function(service, self->sub_function);
    if (!sub) return UDS_SUB_FUNCTION_NOT_SUPPORTED;
    if ((sub->sessions & session_bit(self)) == 0) return UDS_SUB_FUNCTION_NOT_IN_SESSION;
    return sub->size != 0 && size != sub->size ? UDS_INCORRECT_LENGTH : UDS_ACCEPTED;
}

static uds_nrc_t check(uds_server_t *self, const service_t *service, const uint8_t *bytes, size_t size)
{
    if (!service) return UDS_SERVICE_NOT_SUPPORTED;
    if ((service->sessions & session_bit(self)) == 0) return UDS_SERVICE_NOT_IN_SESSION;
    if (service->secured && !self->unlocked) return UDS_SECURITY_DENIED;
    if (size < service->minimum) return UDS_INCORRECT_LENGTH;
    if (!uds_has_sub_function(service->service)) return UDS_ACCEPTED;
    self->suppress = (bytes[1] & UDS_SUPPRESS) != 0;
    self->sub_function = bytes[1] & (uint8_t)~UDS_SUPPRESS;
    return check_sub_function(self, service, size);
}

// ---- sessions ------------------------------------------------------------------------------------------------------

void uds_server_hold_session(uds_server_t *self)
{
    self->session_ends_ns = TIME_NEVER;
}

void uds_server_release_session(uds_server_t *self)
{
    if (self->session != UDS_SESSION_DEFAULT && uds_server_is_idle(self))
        self->session_ends_ns = *self->port.now_ns + UDS_S3_NS;
}

static void restart(uds_server_t *self)
{
    uds_service_enter_session(self, UDS_SESSION_DEFAULT);
    memset(self->routine_started, 0, sizeof self->routine_started);
    self->state = UDS_SERVER_IDLE;
    self->reset = self->pending_due = self->pending_sending = false;
    // Who takes the power away or resets the unit must not gain attempts.
    bool delayed = self->attempts >= UDS_SERVER_ATTEMPTS_MAX;
    self->delay_ends_ns = delayed ? *self->port.now_ns + UDS_SERVER_DELAY_NS : TIME_NEVER;
    if (self->port.restarted) self->port.restarted(self->port.unit);
}

void uds_server_bind(uds_server_t *self, const uds_port_t *port, uint8_t address)
{
    assert(port->now_ns && port->random && port->stored && port->faults && port->store);
    self->port = *port;
    self->address = address;
    self->served_count = 0;
}

void uds_server_serve(uds_server_t *self, const uds_tables_t *tables, void *owner)
{
    assert(self->served_count < UDS_SERVER_TABLES_MAX);
    self->served[self->served_count++] = (uds_served_t){.tables = tables, .owner = owner};
    size_t routines = 0;
    for (size_t i = 0; i < self->served_count; i++) routines += self->served[i].tables->routine_count;
    assert(routines <= UDS_SERVER_ROUTINES_MAX);
}

void uds_server_start(uds_server_t *self, const image_t *image)
{
    int64_t attempts = image_get(image, "security/attempts", -1, NULL, 0);
    self->attempts = attempts >= 0 && attempts <= UDS_SERVER_ATTEMPTS_MAX ? (uint8_t)attempts : UDS_SERVER_ATTEMPTS_MAX;
    restart(self);
}

void uds_server_save(const uds_server_t *self, image_t *image)
{
    if (self->attempts > 0) image_set(image, "security/attempts", -1, NULL, self->attempts);
}

bool uds_server_listens_to(const uds_server_t *self, uint8_t address)
{
    if (address == UDS_FUNCTIONAL_ALL) return true;
    for (size_t i = 0; i < self->served_count; i++) {
        if (address != 0 && self->served[i].tables->functional == address) return true;
    }
    return false;
}

// ---- a request -----------------------------------------------------------------------------------------------------

bool uds_server_is_idle(const uds_server_t *self)
{
    return self->state == UDS_SERVER_IDLE;
}

static void end_request(uds_server_t *self)
{
    self->state = UDS_SERVER_IDLE;
    if (self->reset) restart(self);
    uds_server_release_session(self);
}

// ISO 14229-1, 7.5.5: what concerns this unit alone is not answered when all were asked; what was announced by
// "response pending" always is.
static bool says_nothing(const uds_server_t *self)
{
    if (self->pending_told) return false;
    if (self->result == UDS_ACCEPTED) return self->suppress;
    static const uint8_t UNANSWERED[] = {UDS_SERVICE_NOT_SUPPORTED, UDS_SUB_FUNCTION_NOT_SUPPORTED, UDS_OUT_OF_RANGE,
                                         UDS_SUB_FUNCTION_NOT_IN_SESSION, UDS_SERVICE_NOT_IN_SESSION};
    return self->functional && memchr(UNANSWERED, (int)self->result, sizeof UNANSWERED);
}

static void make_negative(const uds_server_t *self, uds_nrc_t code, uds_message_t *message)
{
    uds_message_clear(message);
    uds_message_put_number(message, UDS_NEGATIVE, 1);
    uds_message_put_number(message, self->service, 1);
    uds_message_put_number(message, code, 1);
}

static void settle(uds_server_t *self)
{
    if (self->state != UDS_SERVER_WAITING) return;
    if (self->stores && (int32_t)(*self->port.stored - self->ticket) < 0) return;
    self->pending_due = false;
    self->pending_ns = TIME_NEVER;
    if (self->result != UDS_ACCEPTED) make_negative(self, self->result, &self->response);
    self->state = UDS_SERVER_READY;
    if (says_nothing(self)) end_request(self);
}

void uds_server_request(uds_server_t *self, const uint8_t *bytes, size_t size, bool functional)
{
    assert(uds_server_is_idle(self) && size > 0 && size <= UDS_MESSAGE_MAX);
    self->session_ends_ns = TIME_NEVER; // S3 begins anew when the request is done with
    self->functional = functional;
    self->suppress = self->stores = self->pending_told = self->pending_due = self->pending_sending = false;
    self->service = bytes[0];
    uds_message_clear(&self->response);
    uds_message_put_number(&self->response, (uint8_t)(bytes[0] + UDS_POSITIVE), 1);
    const service_t *service = find_service(bytes[0]);
    self->result = check(self, service, bytes, size);
    if (self->result == UDS_ACCEPTED) self->result = service->handle(self, bytes, size);
    if (self->result == UDS_ACCEPTED && self->response.overflow) self->result = UDS_RESPONSE_TOO_LONG;
    self->pending_ns = *self->port.now_ns + UDS_SERVER_PENDING_NS;
    self->state = UDS_SERVER_WAITING;
    settle(self);
}

// ---- time and messages ---------------------------------------------------------------------------------------------

void uds_server_tick(uds_server_t *self)
{
    int64_t now_ns = *self->port.now_ns;
    settle(self);
    if (self->state == UDS_SERVER_WAITING && self->pending_ns <= now_ns) {
        self->pending_due = true;
        self->pending_ns = now_ns + UDS_SERVER_PENDING_AGAIN_NS;
    }
    if (self->session_ends_ns <= now_ns) uds_service_enter_session(self, UDS_SESSION_DEFAULT);
}

bool uds_server_pull(uds_server_t *self, const uint8_t **bytes, size_t *size)
{
    if (self->pending_sending || self->state == UDS_SERVER_SENDING) return false;
    if (self->pending_due) {
        self->pending_due = false;
        self->pending_told = self->pending_sending = true;
        self->pending[0] = UDS_NEGATIVE;
        self->pending[1] = self->service;
        self->pending[2] = UDS_RESPONSE_PENDING;
        *bytes = self->pending;
        *size = sizeof self->pending;
        return true;
    }
    if (self->state != UDS_SERVER_READY) return false;
    self->state = UDS_SERVER_SENDING;
    *bytes = self->response.bytes;
    *size = self->response.size;
    return true;
}

void uds_server_sent(uds_server_t *self)
{
    if (self->pending_sending)
        self->pending_sending = false;
    else if (self->state == UDS_SERVER_SENDING)
        end_request(self);
}

int64_t uds_server_deadline(const uds_server_t *self)
{
    int64_t pending_ns = self->state == UDS_SERVER_WAITING ? self->pending_ns : TIME_NEVER;
    return time_earlier(pending_ns, self->session_ends_ns);
}

// SPDX-License-Identifier: MIT
// The handlers of the diagnostic services; private to the server. Each gets a request that has passed the checks of the
// services' table, appends to the response (which begins with the positive service byte) or refuses.
#ifndef KMSIM_BUS_DIAGNOSIS_UDS_SERVICES_H
#define KMSIM_BUS_DIAGNOSIS_UDS_SERVICES_H

#include "bus/diagnosis/uds_server.h"

typedef uds_nrc_t uds_handler_t(uds_server_t *self, const uint8_t *request, size_t size);

uds_handler_t uds_service_session, uds_service_reset, uds_service_security, uds_service_communication,
    uds_service_tester_present, uds_service_fault_setting;              // uds_services.c
uds_handler_t uds_service_read, uds_service_write, uds_service_routine; // uds_data.c
uds_handler_t uds_service_clear_faults, uds_service_read_faults;        // uds_faults.c

/// The response waits until this ticket is durable.
void uds_service_wait(uds_server_t *self, uint32_t ticket);

/// Leaves or enters a session: locked; the default session undoes communication control and fault setting.
void uds_service_enter_session(uds_server_t *self, uds_session_t session);

#endif

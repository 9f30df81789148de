// SPDX-License-Identifier: MIT
#include "bus/diagnosis/uds.h"

#include <assert.h>
#include <sodium/crypto_shorthash.h>
#include <string.h>

static_assert(crypto_shorthash_BYTES == UDS_KEY_SIZE, "the key is one SipHash");
static_assert(crypto_shorthash_KEYBYTES == UDS_SECRET_SIZE, "the secret is one SipHash key");

typedef struct {
    uint8_t code;
    const char *name;
} nrc_name_t;

// ISO 14229-1, annex A.1; also those that no unit here gives, for other units.
static const nrc_name_t NRC_NAMES[] = {
    {0x10, "generalReject"},
    {0x11, "serviceNotSupported"},
    {0x12, "subFunctionNotSupported"},
    {0x13, "incorrectMessageLengthOrInvalidFormat"},
    {0x14, "responseTooLong"},
    {0x21, "busyRepeatRequest"},
    {0x22, "conditionsNotCorrect"},
    {0x24, "requestSequenceError"},
    {0x25, "noResponseFromSubnetComponent"},
    {0x26, "failurePreventsExecutionOfRequestedAction"},
    {0x31, "requestOutOfRange"},
    {0x33, "securityAccessDenied"},
    {0x34, "authenticationRequired"},
    {0x35, "invalidKey"},
    {0x36, "exceedNumberOfAttempts"},
    {0x37, "requiredTimeDelayNotExpired"},
    {0x38, "secureDataTransmissionRequired"},
    {0x39, "secureDataTransmissionNotAllowed"},
    {0x3A, "secureDataVerificationFailed"},
    {0x50, "certificateVerificationFailedInvalidTimePeriod"},
    {0x51, "certificateVerificationFailedInvalidSignature"},
    {0x52, "certificateVerificationFailedInvalidChainOfTrust"},
    {0x53, "certificateVerificationFailedInvalidType"},
    {0x54, "certificateVerificationFailedInvalidFormat"},
    {0x55, "certificateVerificationFailedInvalidContent"},
    {0x56, "certificateVerificationFailedInvalidScope"},
    {0x57, "certificateVerificationFailedInvalidCertificate"},
    {0x58, "ownershipVerificationFailed"},
    {0x59, "challengeCalculationFailed"},
    {0x5A, "settingAccessRightsFailed"},
    {0x5B, "sessionKeyCreationDerivationFailed"},
    {0x5C, "configurationDataUsageFailed"},
    {0x5D, "deAuthenticationFailed"},
    {0x70, "uploadDownloadNotAccepted"},
    {0x71, "transferDataSuspended"},
    {0x72, "generalProgrammingFailure"},
    {0x73, "wrongBlockSequenceCounter"},
    {0x78, "requestCorrectlyReceivedResponsePending"},
    {0x7E, "subFunctionNotSupportedInActiveSession"},
    {0x7F, "serviceNotSupportedInActiveSession"},
    {0x81, "rpmTooHigh"},
    {0x82, "rpmTooLow"},
    {0x83, "engineIsRunning"},
    {0x84, "engineIsNotRunning"},
    {0x85, "engineRunTimeTooLow"},
    {0x86, "temperatureTooHigh"},
    {0x87, "temperatureTooLow"},
    {0x88, "vehicleSpeedTooHigh"},
    {0x89, "vehicleSpeedTooLow"},
    {0x8A, "throttlePedalTooHigh"},
    {0x8B, "throttlePedalTooLow"},
    {0x8C, "transmissionRangeNotInNeutral"},
    {0x8D, "transmissionRangeNotInGear"},
    {0x8F, "brakeSwitchNotClosed"},
    {0x90, "shifterLeverNotInPark"},
    {0x91, "torqueConverterClutchLocked"},
    {0x92, "voltageTooHigh"},
    {0x93, "voltageTooLow"},
    {0x94, "resourceTemporarilyNotAvailable"},
};
#define NRC_COUNT (sizeof NRC_NAMES / sizeof NRC_NAMES[0])

static const uint8_t WITH_SUB_FUNCTION[] = {
    UDS_SESSION_CONTROL,       UDS_RESET,           UDS_READ_FAULTS,    UDS_SECURITY_ACCESS,
    UDS_COMMUNICATION_CONTROL, UDS_ROUTINE_CONTROL, UDS_TESTER_PRESENT, UDS_FAULT_SETTING};

const char *uds_nrc_name(uint8_t code)
{
    for (size_t i = 0; i < NRC_COUNT; i++) {
        if (NRC_NAMES[i].code == code) return NRC_NAMES[i].name;
    }
    return NULL;
}

bool uds_nrc_find(const char *name, uint8_t *code)
{
    for (size_t i = 0; i < NRC_COUNT; i++) {
        if (strcmp(NRC_NAMES[i].name, name) != 0) continue;
        *code = NRC_NAMES[i].code;
        return true;
    }
    return false;
}

bool uds_has_sub_function(uint8_t service)
{
    return memchr(WITH_SUB_FUNCTION, service, sizeof WITH_SUB_FUNCTION);
}

bool uds_is_functional(uint8_t address)
{
    return address == UDS_FUNCTIONAL_ALL || address == UDS_FUNCTIONAL_PERSONALIZATION;
}

isotp_config_t uds_unit_link(uint8_t address)
{
    return (isotp_config_t){
        .tx_id = UDS_RESPONSE_ID + address,
        .tx_address = UDS_TESTER_ADDRESS,
        .rx_id = UDS_REQUEST_ID,
        .rx_address = address,
        .wait_maximum = UDS_WAITS_MAX,
    };
}

isotp_config_t uds_tester_link(uint8_t target)
{
    return (isotp_config_t){
        .tx_id = UDS_REQUEST_ID,
        .tx_address = target,
        .rx_id = UDS_RESPONSE_ID + target,
        .rx_address = UDS_TESTER_ADDRESS,
        .functional = uds_is_functional(target),
        .wait_maximum = UDS_WAITS_MAX,
    };
}

void uds_security_key(uint8_t address, const uint8_t seed[UDS_SEED_SIZE], uint8_t key[UDS_KEY_SIZE])
{
    uint8_t secret[UDS_SECRET_SIZE] = "kmsim workshop!"; // the sixteenth byte is the unit's address
    secret[UDS_SECRET_SIZE - 1] = address;
    crypto_shorthash(key, seed, UDS_SEED_SIZE, secret);
}

// ---- messages ------------------------------------------------------------------------------------------------------

void uds_message_clear(uds_message_t *self)
{
    self->size = 0;
    self->overflow = false;
}

void uds_message_put(uds_message_t *self, const void *bytes, size_t size)
{
    if (size > UDS_MESSAGE_MAX - self->size) {
        self->overflow = true;
        return;
    }
    if (size > 0) memcpy(self->bytes + self->size, bytes, size);
    self->size += size;
}

void uds_message_put_number(uds_message_t *self, uint32_t number, size_t size)
{
    assert(size >= 1 && size <= 4);
    uint8_t bytes[4];
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
    uds_message_put(self, bytes, size);
}

uint32_t uds_number(const uint8_t *bytes, size_t size)
{
    assert(size >= 1 && size <= 4);
    uint32_t number = 0;
    for (size_t i = 0; i < size; i++) number = number << 8 | bytes[i];
    return number;
}

// SPDX-License-Identifier: MIT
// What CZMQ and ZeroMQ need of other libraries for services that no program of ours asks them for. With this our
// programs hold both themselves (Makefile) and load none of these libraries, nor what those load in turn: 25 of them,
// of which a process had 2.5 ms to load and bind, the 5 of a run every one of them.
//
//   libczmq.a ── sd_…   sockets handed over   libsystemd, libgcrypt, libgpg-error, liblzma, libzstd, liblz4, libcap
//   libzmq.a ─┬─ pgm_…  multicast, epgm://    libpgm
//             ├─ Norm…  multicast, norm://    libnorm
//             └─ gss_…  Kerberos              libgssapi_krb5, libkrb5, libk5crypto, libcom_err, libresolv …
//
// A socket of ours speaks ipc, loopback's tcp or inproc, without a security mechanism (bus/zmq/endpoint.h). Whoever
// came to one of these all the same would be our own bug, and ends the process.
#include <stdlib.h>

// Every context begins and ends multicast, used or not. The real one looks up its protocol's number, for which the
// system's databases are loaded.
int pgm_init(void **error);
int pgm_shutdown(void);

int pgm_init(void **error)
{
    (void)error;
    return 1;
}

int pgm_shutdown(void)
{
    return 1;
}

// Asked whenever the environment has ZSYS_AUTO_USE_FD: none was handed over.
int sd_listen_fds(int unset_environment);

int sd_listen_fds(int unset_environment)
{
    (void)unset_environment;
    return 0;
}

#define ABSENT(name)                                                                                                   \
    _Noreturn void name(void);                                                                                         \
    _Noreturn void name(void)                                                                                          \
    {                                                                                                                  \
        abort();                                                                                                       \
    }
#define ABSENT_VALUE(name)                                                                                             \
    extern void *const name;                                                                                           \
    void *const name = NULL;

// clang-format off
#define FUNCTIONS(ROW) \
    ROW(sd_is_socket_inet) ROW(sd_is_socket_unix) \
    ROW(pgm_bind3) ROW(pgm_close) ROW(pgm_connect) ROW(pgm_error_free) ROW(pgm_free) ROW(pgm_freeaddrinfo) \
    ROW(pgm_getaddrinfo) ROW(pgm_getsockopt) ROW(pgm_gsi_create_from_data) ROW(pgm_recvmsgv) ROW(pgm_send) \
    ROW(pgm_setsockopt) ROW(pgm_socket) \
    ROW(NormCreateInstance) ROW(NormCreateSession) ROW(NormDestroyInstance) ROW(NormDestroySession) \
    ROW(NormGetDescriptor) ROW(NormGetNextEvent) ROW(NormGetRandomSessionId) ROW(NormIsUnicastAddress) \
    ROW(NormNodeDelete) ROW(NormObjectGetType) ROW(NormObjectGetUserData) ROW(NormObjectSetUserData) \
    ROW(NormSetCongestionControl) ROW(NormSetDefaultSyncPolicy) ROW(NormSetDefaultUnicastNack) ROW(NormSetLoopback) \
    ROW(NormSetMulticastInterface) ROW(NormSetRxPortReuse) ROW(NormSetTTL) ROW(NormStartReceiver) \
    ROW(NormStartSender) ROW(NormStopInstance) ROW(NormStopReceiver) ROW(NormStopSender) ROW(NormStreamFlush) \
    ROW(NormStreamOpen) ROW(NormStreamRead) ROW(NormStreamSeekMsgStart) ROW(NormStreamWrite) \
    ROW(gss_accept_sec_context) ROW(gss_acquire_cred) ROW(gss_delete_sec_context) ROW(gss_display_name) \
    ROW(gss_import_name) ROW(gss_init_sec_context) ROW(gss_release_buffer) ROW(gss_release_cred) \
    ROW(gss_release_name) ROW(gss_unwrap) ROW(gss_wrap)
#define VALUES(ROW) \
    ROW(NORM_INSTANCE_INVALID) ROW(NORM_NODE_ANY) ROW(NORM_OBJECT_INVALID) ROW(NORM_SESSION_INVALID) \
    ROW(GSS_C_NT_HOSTBASED_SERVICE) ROW(GSS_C_NT_USER_NAME)
// clang-format on

FUNCTIONS(ABSENT)
VALUES(ABSENT_VALUE)

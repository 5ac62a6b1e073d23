// What libzmq.a wants of GSSAPI, OpenPGM and NORM: authentication over TCP, and multicast. Everything here is ipc://, so none of
// it is ever called, but for pgm_init() and pgm_shutdown(): the real pgm_init() looks up a protocol by name at the start of every process, which
// means fifty files. For GSSAPI Debian has no archive at all. Whoever did call one of these would be told that it fails.
extern "C" {
void* GSS_C_NT_HOSTBASED_SERVICE = nullptr;
void* GSS_C_NT_USER_NAME = nullptr;

extern const unsigned NORM_NODE_ANY = 0xffffffff;
extern const void* const NORM_INSTANCE_INVALID = nullptr;
extern const void* const NORM_SESSION_INVALID = nullptr;
extern const void* const NORM_OBJECT_INVALID = nullptr;

int pgm_init() { return 1; }
int pgm_shutdown() { return 1; }

#define NAIVE_SUCCEEDS_NEVER(function, failure) \
  long function() { return failure; }
constexpr long kUnavailable = 16L << 16;  // GSS_S_UNAVAILABLE
NAIVE_SUCCEEDS_NEVER(gss_accept_sec_context, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_acquire_cred, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_delete_sec_context, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_display_name, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_import_name, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_init_sec_context, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_release_buffer, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_release_cred, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_release_name, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_unwrap, kUnavailable)
NAIVE_SUCCEEDS_NEVER(gss_wrap, kUnavailable)
NAIVE_SUCCEEDS_NEVER(pgm_bind3, 0)
NAIVE_SUCCEEDS_NEVER(pgm_close, 0)
NAIVE_SUCCEEDS_NEVER(pgm_connect, 0)
NAIVE_SUCCEEDS_NEVER(pgm_error_free, 0)
NAIVE_SUCCEEDS_NEVER(pgm_free, 0)
NAIVE_SUCCEEDS_NEVER(pgm_freeaddrinfo, 0)
NAIVE_SUCCEEDS_NEVER(pgm_getaddrinfo, 0)
NAIVE_SUCCEEDS_NEVER(pgm_getsockopt, 0)
NAIVE_SUCCEEDS_NEVER(pgm_gsi_create_from_data, 0)
NAIVE_SUCCEEDS_NEVER(pgm_recvmsgv, 0)
NAIVE_SUCCEEDS_NEVER(pgm_send, 0)
NAIVE_SUCCEEDS_NEVER(pgm_setsockopt, 0)
NAIVE_SUCCEEDS_NEVER(pgm_socket, 0)
NAIVE_SUCCEEDS_NEVER(NormCreateInstance, 0)
NAIVE_SUCCEEDS_NEVER(NormCreateSession, 0)
NAIVE_SUCCEEDS_NEVER(NormDestroyInstance, 0)
NAIVE_SUCCEEDS_NEVER(NormDestroySession, 0)
NAIVE_SUCCEEDS_NEVER(NormGetDescriptor, 0)
NAIVE_SUCCEEDS_NEVER(NormGetNextEvent, 0)
NAIVE_SUCCEEDS_NEVER(NormGetRandomSessionId, 0)
NAIVE_SUCCEEDS_NEVER(NormIsUnicastAddress, 0)
NAIVE_SUCCEEDS_NEVER(NormNodeDelete, 0)
NAIVE_SUCCEEDS_NEVER(NormObjectGetType, 0)
NAIVE_SUCCEEDS_NEVER(NormObjectGetUserData, 0)
NAIVE_SUCCEEDS_NEVER(NormObjectSetUserData, 0)
NAIVE_SUCCEEDS_NEVER(NormSetCongestionControl, 0)
NAIVE_SUCCEEDS_NEVER(NormSetDefaultSyncPolicy, 0)
NAIVE_SUCCEEDS_NEVER(NormSetDefaultUnicastNack, 0)
NAIVE_SUCCEEDS_NEVER(NormSetLoopback, 0)
NAIVE_SUCCEEDS_NEVER(NormSetMulticastInterface, 0)
NAIVE_SUCCEEDS_NEVER(NormSetRxPortReuse, 0)
NAIVE_SUCCEEDS_NEVER(NormSetTTL, 0)
NAIVE_SUCCEEDS_NEVER(NormStartReceiver, 0)
NAIVE_SUCCEEDS_NEVER(NormStartSender, 0)
NAIVE_SUCCEEDS_NEVER(NormStopInstance, 0)
NAIVE_SUCCEEDS_NEVER(NormStopReceiver, 0)
NAIVE_SUCCEEDS_NEVER(NormStopSender, 0)
NAIVE_SUCCEEDS_NEVER(NormStreamFlush, 0)
NAIVE_SUCCEEDS_NEVER(NormStreamOpen, 0)
NAIVE_SUCCEEDS_NEVER(NormStreamRead, 0)
NAIVE_SUCCEEDS_NEVER(NormStreamSeekMsgStart, 0)
NAIVE_SUCCEEDS_NEVER(NormStreamWrite, 0)
#undef NAIVE_SUCCEEDS_NEVER
}

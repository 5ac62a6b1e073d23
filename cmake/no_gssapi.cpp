// What libzmq.a wants of GSSAPI, for which Debian has no archive. Only a socket with ZMQ_GSSAPI_* options would call it,
// and would be told that it fails.
extern "C" {
void* GSS_C_NT_HOSTBASED_SERVICE = nullptr;
void* GSS_C_NT_USER_NAME = nullptr;

constexpr unsigned kUnavailable = 16U << 16U;  // GSS_S_UNAVAILABLE

#define NAIVE_UNAVAILABLE(function) \
  unsigned function() { return kUnavailable; }
NAIVE_UNAVAILABLE(gss_accept_sec_context)
NAIVE_UNAVAILABLE(gss_acquire_cred)
NAIVE_UNAVAILABLE(gss_delete_sec_context)
NAIVE_UNAVAILABLE(gss_display_name)
NAIVE_UNAVAILABLE(gss_import_name)
NAIVE_UNAVAILABLE(gss_init_sec_context)
NAIVE_UNAVAILABLE(gss_release_buffer)
NAIVE_UNAVAILABLE(gss_release_cred)
NAIVE_UNAVAILABLE(gss_release_name)
NAIVE_UNAVAILABLE(gss_unwrap)
NAIVE_UNAVAILABLE(gss_wrap)
#undef NAIVE_UNAVAILABLE
}

#include <microhttpd.h>

/// What a server is started with; Swift cannot call the variadic `MHD_start_daemon`.
struct spnd_http_options {
  unsigned int flags;
  /// A socket that listens already.
  int socket;
  MHD_AccessHandlerCallback handler;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connected;
  /// Passed to all three.
  void *context;
  unsigned int connections_max;
  unsigned int address_connections_max;
  size_t request_bytes_max;
  unsigned int idle_seconds;
  /// PEM, null without TLS.
  const char *certificate;
  const char *key;
};

/// The socket of a connection; Swift cannot call the variadic `MHD_get_connection_info`.
static inline int spnd_http_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *found =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return found ? found->connect_fd : -1;
}

static inline struct MHD_Daemon *spnd_start_http(const struct spnd_http_options *options) {
  struct MHD_OptionItem tls[] = {
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key},
      {MHD_OPTION_END, 0, NULL},
  };
  struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
  return MHD_start_daemon(
      options->flags, 0, NULL, NULL, options->handler, options->context,
      MHD_OPTION_LISTEN_SOCKET, options->socket,
      MHD_OPTION_NOTIFY_COMPLETED, options->completed, options->context,
      MHD_OPTION_NOTIFY_CONNECTION, options->connected, options->context,
      MHD_OPTION_CONNECTION_LIMIT, options->connections_max,
      MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->address_connections_max,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->request_bytes_max,
      MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds,
      MHD_OPTION_ARRAY, options->certificate ? tls : none, MHD_OPTION_END);
}

public import Pipeline
internal import Synchronization

/// The HTTP server, which can take a new token and certificate without closing its socket.
public final class Server: Sendable {
  private struct State {
    var host: Host
    var secrets: Secrets
  }

  private let site: Site
  private let settings: Definition.HTTP
  /// The socket, of which each host has a copy.
  private let listener: Listener
  private let state: Mutex<State>
  /// The port that it listens on.
  public let port: UInt16

  /// Starts to listen.
  ///
  /// - Throws: where the address cannot be had, or a file cannot be used.
  public init(_ settings: Definition.HTTP, site: Site) throws(AdminError) {
    let secrets = try Secrets(settings)
    let listener = try Listener(settings.listen)
    let host = try Host(listener.copy(), at: settings.listen, site: site, secrets: secrets)
    self.site = site
    self.settings = settings
    port = listener.port
    state = Mutex(State(host: host, secrets: secrets))
    self.listener = listener
  }

  deinit { stop() }

  /// Gives up what has waited too long, and sends events on their way; to be called a few times a
  /// second.
  public func tick() { state.withLock { $0.host }.tick() }

  /// Reads the token, the certificate and its key again. Where they have changed, connections of
  /// before are closed; a connection that is being made waits for whoever serves the socket next.
  ///
  /// - Returns: whether anything has changed.
  /// - Throws: where a file cannot be used; the old ones then stay in force.
  public func renew() throws(AdminError) -> Bool {
    let secrets = try Secrets(settings)
    guard secrets != state.withLock({ $0.secrets }) else { return false }
    let host = try Host(listener.copy(), at: settings.listen, site: site, secrets: secrets)
    let old = state.withLock { state in
      defer { state = State(host: host, secrets: secrets) }
      return state.host
    }
    old.stop()
    return true
  }

  /// The bytes that are left for the bodies of requests.
  package var bodyRoom: Int { state.withLock { $0.host }.bodies.withLock { $0 } }

  /// Ends every connection; returns when the last is gone.
  public func stop() {
    state.withLock { $0.host }.stop()
    listener.refuse()
  }
}

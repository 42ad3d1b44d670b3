internal import CMicroHTTPD
internal import Pipeline
internal import Synchronization

/// One thread of libmicrohttpd's that serves one socket with one token and one certificate, and
/// never waits for a worker; to be stopped before it is let go.
///
/// Requests that the workers have to answer rest meanwhile, and give up after two seconds.
final class Host: Sendable {
  /// Connections at a time, event streams among them; no address may have them all.
  static let connectionsMax: UInt32 = 64
  static let connectionsOfAddressMax: UInt32 = 48
  /// Bytes of a request's line and headers.
  static let requestBytesMax = 16_384
  /// Seconds that a connection may be silent.
  static let idleSeconds: UInt32 = 30
  /// How long the workers may take to answer, in nanoseconds.
  private static let answerLimit: UInt64 = 2_000_000_000

  /// Bytes of all requests' bodies that are held at a time.
  private static let bodiesBytesMax = 64 << 20
  /// Event streams at a time, and clients that take all models.
  private static let eventStreamsMax = 16
  private static let modelStreamsMax = 2

  private let site: Site
  private let secrets: Secrets
  /// Who sends a request, and since when.
  let arrivals = Arrivals()
  /// The bytes that are left for bodies.
  let bodies = Mutex(Host.bodiesBytesMax)

  /// Connections that may rest; none may when the daemon is stopped.
  private struct Guests {
    var exchanges: [ObjectIdentifier: Exchange] = [:]
    var streams: [ObjectIdentifier: any Stream] = [:]
    var isClosed = false
  }

  private let guests = Mutex(Guests())
  /// The address of libmicrohttpd's daemon; 0 before the start and after the end.
  private let daemon = Mutex<UInt>(0)

  /// Starts to serve.
  ///
  /// - Throws: where the certificate and its key cannot be used.
  init(
    _ listener: consuming Listener, at endpoint: Definition.Endpoint, site: Site, secrets: Secrets
  ) throws(AdminError) {
    self.site = site
    self.secrets = secrets
    try start(listener.take(), at: endpoint)
  }

  /// Gives up what has waited too long, and sends events on their way; to be called a few times a
  /// second.
  func tick() {
    let now = site.clock.monotonicNanoseconds()
    let (exchanges, streams) = guests.withLock {
      (Array($0.exchanges.values), Array($0.streams.values))
    }
    for exchange in exchanges { exchange.expire(now: now) }
    for stream in streams { stream.wake(now: now) }
    arrivals.cut(now: now)
  }

  /// Ends every connection; returns when the last is gone.
  func stop() {
    let address = daemon.withLock { daemon in
      defer { daemon = 0 }
      return daemon
    }
    guard let pointer = unsafe OpaquePointer(bitPattern: address) else { return }
    // libmicrohttpd takes a connection that rests for a mistake.
    let (exchanges, streams) = guests.withLock { guests in
      guests.isClosed = true
      return (Array(guests.exchanges.values), Array(guests.streams.values))
    }
    for exchange in exchanges { exchange.finish(.tooBusy) }
    for stream in streams { stream.end() }
    unsafe MHD_stop_daemon(pointer)
  }

  private func start(_ socket: Int32, at endpoint: Definition.Endpoint) throws(AdminError) {
    var options = unsafe spnd_http_options()
    var flags = MHD_USE_AUTO_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
    if endpoint.isIPv6 { flags |= MHD_USE_IPv6.rawValue }
    if secrets.certificate != nil { flags |= MHD_USE_TLS.rawValue }
    unsafe options.flags = flags
    // libmicrohttpd closes it, where it cannot start, too.
    unsafe options.socket = socket
    unsafe options.handler = handled
    unsafe options.completed = completed
    unsafe options.connected = connected
    // Unretained: the host stops its daemon before it is gone.
    unsafe options.context = Unmanaged.passUnretained(self).toOpaque()
    unsafe options.connections_max = Self.connectionsMax
    unsafe options.address_connections_max = Self.connectionsOfAddressMax
    unsafe options.request_bytes_max = Self.requestBytesMax
    unsafe options.idle_seconds = Self.idleSeconds
    let address = unsafe Self.start(&options, secrets)
    guard address != 0 else {
      throw AdminError(
        "http.listen \(endpoint)",
        secrets.certificate == nil
          ? "the server cannot be started" : "the certificate and key cannot be used",
        isConfiguration: secrets.certificate != nil)
    }
    daemon.withLock { $0 = address }
  }

  private static func start(_ options: inout spnd_http_options, _ secrets: Secrets) -> UInt {
    guard let certificate = secrets.certificate, let key = secrets.key else {
      return unsafe UInt(bitPattern: spnd_start_http(&options))
    }
    return unsafe certificate.withCString { certificate in
      unsafe key.withCString { key in
        unsafe options.certificate = certificate
        unsafe options.key = key
        return unsafe UInt(bitPattern: spnd_start_http(&options))
      }
    }
  }

  // MARK: On libmicrohttpd's thread

  /// What becomes of a request.
  enum Outcome {
    case reply(Reply)
    /// The connection rests, and comes back with a reply.
    case later
    case stream(any Stream, type: String)
  }

  /// A connection has begun.
  func welcome(_ connection: UInt, socket: Int32) {
    arrivals.begin(connection, socket: socket, now: site.clock.monotonicNanoseconds())
  }

  /// Deals with a request that has come in whole, or come back from its rest.
  func answer(_ exchange: Exchange, on connection: OpaquePointer) -> Outcome {
    if let reply = exchange.reply { return .reply(reply) }
    arrivals.pause(UInt(bitPattern: connection))
    guard let request = exchange.request else { return .reply(.tooLarge) }
    guard Site.takes(request) else { return .reply(.methodNotAllowed) }
    if let token = secrets.token, !site.isOpen(request.path),
      !isAuthorized(request.authorization, token: token)
    {
      return .reply(.unauthorized)
    }
    // Without a token, whoever reaches the address may change models, but no page that somebody's
    // browser shows.
    if Site.changes(request), request.isOfPage { return .reply(.ofPage) }
    switch site.answer(request) {
    case .reply(let reply): return .reply(reply)
    case .events:
      let stream = unsafe EventStream(
        site.pipelines, of: self, on: connection, after: request.lastEvent,
        now: site.clock.monotonicNanoseconds())
      return admit(stream, of: "text/event-stream", atMost: Self.eventStreamsMax)
    case .models(let pipeline, let partitions):
      let stream = unsafe ModelStream(pipeline, partitions, of: self, on: connection)
      return admit(stream, of: Reply.lines, atMost: Self.modelStreamsMax)
    case .ask(let observatory, let kind, let makeReply):
      let deadline = site.clock.monotonicNanoseconds() + Self.answerLimit
      let isAdmitted = guests.withLock { guests in
        guard !guests.isClosed else { return false }
        guests.exchanges[ObjectIdentifier(exchange)] = exchange
        exchange.suspend(until: deadline)
        return true
      }
      guard isAdmitted else { return .reply(.tooBusy) }
      observatory.ask(kind) { exchange.finish(makeReply($0)) }
      return .later
    }
  }

  private func admit<Kind: Stream>(
    _ stream: Kind, of type: String, atMost count: Int
  ) -> Outcome {
    let isAdmitted = guests.withLock { guests in
      guard !guests.isClosed, guests.streams.values.count(where: { $0 is Kind }) < count
      else { return false }
      guests.streams[ObjectIdentifier(stream)] = stream
      return true
    }
    return isAdmitted ? .stream(stream, type: type) : .reply(.tooBusy)
  }

  /// The next bytes of a stream.
  func read(_ stream: any Stream, into buffer: UnsafeMutableRawBufferPointer) -> StreamPart {
    unsafe stream.read(into: buffer, now: site.clock.monotonicNanoseconds())
  }

  /// A stream's end.
  func forget(_ stream: any Stream) {
    guests.withLock { _ = $0.streams.removeValue(forKey: ObjectIdentifier(stream)) }
  }

  /// A request's end, whatever came of it.
  func forget(_ exchange: Exchange, on connection: UInt) {
    guests.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
    exchange.release(to: bodies)
    arrivals.resume(connection, now: site.clock.monotonicNanoseconds())
  }
}

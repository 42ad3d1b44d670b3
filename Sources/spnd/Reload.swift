import Admin
import Kafka
import Pipeline

/// Reads the definition anew when asked, and puts it in force between two transactions.
///
/// The new definition is checked whole first, with the files of the server's secrets; one that is
/// wrong, or changes what only a restart can, changes nothing.
struct Reload {
  private let path: String
  private let daemon: Daemon
  private let server: Server
  /// The broker that the definition is tuned to, where it is our own.
  private let broker: EmbeddedBroker?
  private let log: Journal
  private let clock = SystemClock()
  /// Whether a definition is on its way to the workers.
  private(set) var isUnderWay = false
  /// Whether the file is to be read once more when that is done.
  private var isAskedAgain = false

  init(path: String, daemon: Daemon, server: Server, broker: EmbeddedBroker?, log: Journal) {
    self.path = path
    self.daemon = daemon
    self.server = server
    self.broker = broker
    self.log = log
  }

  /// Reads and checks the file, and hands it to the workers; what came of a reload is told before
  /// the next one begins.
  mutating func begin(_ service: Service) {
    isAskedAgain = isUnderWay
    guard !isUnderWay else { return }
    service.beginReload(now: clock.monotonicNanoseconds())
    let current = daemon.observatory.definition
    do throws(Failure) {
      var new = try loadDefinition(path)
      if let broker { new = broker.tuned(new) }
      let keys = current.restartKeys(for: new)
      guard keys.isEmpty else {
        throw Failure(
          .configuration, "\(path): a restart is needed to change \(keys.joined(separator: ", "))")
      }
      if try renewSecrets() {
        log.info("\(current.pipeline): serves with the token and certificate that were read anew")
      }
      daemon.adopt(new)
      isUnderWay = true
    } catch {
      daemon.observatory.noteReload(isSuccess: false, now: clock.millisecondsSince1970())
      log.error("\(current.pipeline): nothing was changed: \(error.message)")
      service.endReload("the new definition was refused; the old one is in force")
    }
  }

  private func renewSecrets() throws(Failure) -> Bool {
    do throws(AdminError) {
      return try server.renew()
    } catch {
      throw Failure(.configuration, error.description)
    }
  }

  /// Tells when all workers work by the new definition; to be called a few times a second.
  mutating func watch(_ service: Service) {
    guard isUnderWay, daemon.isAdopted else { return }
    isUnderWay = false
    daemon.observatory.noteReload(isSuccess: true, now: clock.millisecondsSince1970())
    log.info("\(daemon.observatory.definition.pipeline): \(path) is in force")
    service.endReload("the new definition is in force")
    if isAskedAgain { begin(service) }
  }
}

public import Pipeline
internal import Synchronization

/// Holds back warnings and errors that say again what was said less than ten seconds ago;
/// numbers do not make a message another one.
public final class LogLimiter: Sendable {
  private struct Repeated {
    var since: UInt64
    var suppressed = 0
  }

  /// Nanoseconds for which a message is not repeated.
  public static let window: UInt64 = 10_000_000_000
  /// Messages that are remembered.
  private static let messagesMax = 256

  private let seen = Mutex<[String: Repeated]>([:])

  public init() {}

  /// The message, with how often it was held back before; nil where it is held back.
  public func admit(_ level: Journal.Level, _ message: String, now: UInt64) -> String? {
    guard level.rawValue <= Journal.Level.warning.rawValue else { return message }
    let key = Self.shape(of: message)
    return seen.withLock { seen in
      if let last = seen[key], now &- last.since < Self.window {
        seen[key]?.suppressed += 1
        return nil
      }
      let suppressed = seen[key]?.suppressed ?? 0
      if seen.count >= Self.messagesMax {
        seen = seen.filter { now &- $0.value.since < Self.window }
        if seen.count >= Self.messagesMax { seen.removeAll() }
      }
      seen[key] = Repeated(since: now)
      return suppressed == 0 ? message : "\(message) (and \(suppressed) more like it)"
    }
  }

  /// The message with every number as `0`.
  private static func shape(of message: String) -> String {
    var shape: [UInt8] = []
    for byte in message.utf8 {
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      if isDigit, shape.last == UInt8(ascii: "0") { continue }
      shape.append(isDigit ? UInt8(ascii: "0") : byte)
    }
    return String(decoding: shape, as: UTF8.self)
  }
}

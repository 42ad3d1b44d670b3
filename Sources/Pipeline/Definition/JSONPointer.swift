/// The way to one field of a JSON document (RFC 6901), such as `/site/0/name`.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
  /// The most steps that a pointer may have.
  public static let depthMax = 32
  /// The most bytes that a pointer may have.
  public static let bytesMax = 1024

  /// The pointer as it was written, escapes and all; empty for the whole document.
  public let text: String
  /// The names (or numbers, for arrays) to follow from the root, unescaped.
  public let tokens: [String]

  /// Reads a pointer; nil where it does not begin with `/` (and is not empty), holds a `~` that is
  /// neither `~0` nor `~1`, or is past a limit.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.bytesMax else { return nil }
    var tokens: [String] = []
    for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard let token = Self.unescape(part) else { return nil }
      tokens.append(token)
    }
    guard tokens.removeFirst().isEmpty, tokens.count <= Self.depthMax else { return nil }
    self.text = text
    self.tokens = tokens
  }

  public var description: String { text }

  private static func unescape(_ part: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    var rest = part[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "~") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
      default: return nil
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

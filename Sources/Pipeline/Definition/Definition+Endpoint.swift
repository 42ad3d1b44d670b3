import Glibc

extension Definition.Endpoint {
  /// Reads `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`; nil for any other name, since names
  /// can change.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"),
      case let digits = text[text.index(after: colon)...],
      digits.utf8.allSatisfy(isDigit), let port = UInt16(digits)
    else { return nil }
    let host = text[..<colon]
    if host == "localhost" {
      self.init(address: "127.0.0.1", port: port)
    } else if host.hasPrefix("["), host.hasSuffix("]") {
      let address = String(host.dropFirst().dropLast())
      guard Self.isNumeric(address, family: AF_INET6) else { return nil }
      self.init(address: address, port: port)
    } else {
      guard Self.isNumeric(String(host), family: AF_INET) else { return nil }
      self.init(address: String(host), port: port)
    }
  }

  private static func isNumeric(_ text: String, family: Int32) -> Bool {
    var address = in6_addr()
    return unsafe inet_pton(family, text, &address) == 1
  }
}

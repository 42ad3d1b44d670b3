internal import Glibc
internal import Pipeline

/// What protects the server: the token that requests must carry, and the certificate.
struct Secrets: Equatable {
  /// Bytes of the token, nil where none is asked for.
  let token: [UInt8]?
  /// PEM, nil without TLS.
  let certificate: String?
  let key: String?

  /// Reads the files that the settings name.
  init(_ settings: Definition.HTTP) throws(AdminError) {
    if let path = settings.tokenFile {
      let bytes = try Self.read("http.token-file", path)
      let text = bytes.drop { $0 <= 0x20 }.prefix { $0 > 0x20 }
      guard text.count >= 16 else {
        throw AdminError(
          "http.token-file \(path)", "a token has at least 16 characters", isConfiguration: true)
      }
      token = Array(text)
    } else {
      token = nil
    }
    certificate = try Self.text("http.certificate-file", settings.certificateFile)
    key = try Self.text("http.key-file", settings.keyFile)
  }

  private static func text(_ name: String, _ path: String?) throws(AdminError) -> String? {
    guard let path else { return nil }
    return String(decoding: try read(name, path), as: UTF8.self)
  }

  private static func read(_ name: String, _ path: String) throws(AdminError) -> [UInt8] {
    do throws(Complaint) {
      return try File.read(path, bytesMax: 65_536)
    } catch {
      throw AdminError(
        "\(name) \(path)", "\(error.message); \(error.remedy)", isConfiguration: true)
    }
  }
}

/// Whether a request carries the token; takes as long whatever it carries.
func isAuthorized(_ authorization: String, token: [UInt8]) -> Bool {
  let sent = Array(authorization.utf8)
  let wanted = Array("Bearer ".utf8) + token
  var difference = sent.count ^ wanted.count
  for index in wanted.indices {
    difference |= Int(wanted[index] ^ (index < sent.count ? sent[index] : 0))
  }
  return difference == 0
}

/// Reads the section `kafka`, whose keys are librdkafka's.
struct KafkaSection {
  /// The most bytes of a file that holds a property's value.
  static let secretBytesMax = 65_536
  /// The most properties; librdkafka has fewer.
  static let countMax = 500
  private static let embedded = "embedded"

  /// Names to suggest.
  let names: [String]
  /// Says what is wrong with a property.
  let check: Definition.KafkaCheck

  /// The properties in the order of the file; `group.id` comes last where the file has none.
  func read(_ section: Section, pipeline: String) -> [Definition.KafkaProperty] {
    var properties: [Definition.KafkaProperty] = []
    guard section.entries.count <= Self.countMax else {
      section.report("has \(section.entries.count) properties", "give at most \(Self.countMax)")
      return []
    }
    for entry in section.entries {
      if let property = property(entry, in: section) { properties.append(property) }
    }
    if section.entry("bootstrap.servers") == nil {
      section.reportMissing(
        "bootstrap.servers",
        remedy: "add `bootstrap.servers: HOST:9092`, or `embedded` for a demonstration")
    }
    if section.entry("group.id") == nil {
      properties.append(Definition.KafkaProperty(name: "group.id", value: pipeline))
    }
    return properties
  }

  private func property(
    _ entry: YAMLEntry, in section: Section
  ) -> Definition.KafkaProperty? {
    let path = join(section.path, escaped(entry.key))
    var isSecret = Self.isSecret(entry.key)
    var value: String?
    if case .mapping = entry.value.content {
      isSecret = true
      value = secret(section.section(of: entry))
    } else {
      let kind = Kind<String>.text("a value", example: "100")
      value = section.value(entry.value, path: path, kind)
    }
    guard let value else { return nil }
    complain(of: entry, value: value, path: path, in: section)
    return Definition.KafkaProperty(
      name: entry.key, value: value, isSecret: isSecret, position: entry.position)
  }

  /// The content of the file that a property names, without the line's end that editors leave.
  private func secret(_ section: consuming Section) -> String? {
    let kind = Kind<String>("a file", example: "/etc/spnd/password") {
      (path) throws(Complaint) in
      guard !path.isEmpty else { return nil }
      var bytes = try File.read(path, bytesMax: Self.secretBytesMax + 1)
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      guard !bytes.isEmpty, bytes.count <= Self.secretBytesMax, !bytes.contains(0),
        let text = String(validating: bytes, as: UTF8.self)
      else {
        throw Complaint(
          message: "the file holds no text",
          remedy: "it must hold the value alone, at most 64 KiB of UTF-8")
      }
      return text
    }
    let value = section.require("file", kind)
    section.close()
    return value
  }

  private func complain(of entry: YAMLEntry, value: String, path: String, in section: Section) {
    if entry.key == "bootstrap.servers", value == Self.embedded { return }
    guard let message = check(entry.key, value) else { return }
    if names.contains(entry.key) {
      section.report(
        entry.value, path, message,
        "correct or remove it; see librdkafka's CONFIGURATION.md")
    } else {
      let near = nearest(to: entry.key, in: names)
      section.report(
        entry.position, path, message,
        near.map { "did you mean `\($0)`?" } ?? "remove it; see librdkafka's CONFIGURATION.md")
    }
  }

  /// Whether a property's name says that its value is not for other eyes.
  private static func isSecret(_ name: String) -> Bool {
    ["password", "secret", ".pem", "oauthbearer.config"].contains { name.contains($0) }
  }
}

extension Definition {
  /// Says what is wrong with one of librdkafka's properties, or nil; given by the caller, since
  /// only the Kafka module knows.
  public typealias KafkaCheck = (_ name: String, _ value: String) -> String?

  /// Reads a definition's file.
  ///
  /// - Parameters:
  ///   - environment: what `${NAME}` in a value refers to.
  ///   - kafkaCheck: is asked about every property but `bootstrap.servers: embedded`.
  ///   - kafkaNames: the names to suggest for one that `kafkaCheck` refuses.
  /// - Throws: everything that is wrong with it, up to a limit.
  public static func load(
    path: String, environment: [String: String], kafkaNames: [String] = [],
    kafkaCheck: @escaping KafkaCheck = { _, _ in nil }
  ) throws(DefinitionErrors) -> Definition {
    let text: [UInt8]
    do throws(Complaint) {
      text = try File.read(path, bytesMax: YAMLDocument.bytesMax + 1)
    } catch {
      let fault = DefinitionError(
        file: path, line: 0, column: 0, key: "", message: error.message, remedy: error.remedy)
      throw DefinitionErrors(list: [fault])
    }
    return try parse(
      text, file: path, environment: environment, kafkaNames: kafkaNames, kafkaCheck: kafkaCheck)
  }

  /// Reads a definition from a text, which `file` stands for in errors; the rest as for `load`.
  public static func parse(
    _ text: [UInt8], file: String, environment: [String: String], kafkaNames: [String] = [],
    kafkaCheck: @escaping KafkaCheck = { _, _ in nil }
  ) throws(DefinitionErrors) -> Definition {
    let reading = Reading(file: file, environment: environment)
    let root: YAMLNode
    do throws(DefinitionError) {
      root = try YAMLDocument.read(text, reading: reading)
    } catch {
      reading.report(error)
      try reading.finish()
      throw DefinitionErrors(list: [error])
    }
    var section = Section(root: root, reading: reading)
    var definition = Definition(
      &section, reading: reading, kafka: KafkaSection(names: kafkaNames, check: kafkaCheck))
    section.close()
    definition.checkTopics(reading)
    try reading.finish()
    definition.digest.text = SHA256.hexadecimal(of: text)
    return definition
  }

  /// Every valid key, as a path.
  package static var keys: [String] {
    let reading = Reading(file: "", environment: [:])
    var section = Section(root: nil, reading: reading)
    let kafka = KafkaSection(names: []) { _, _ in nil }
    _ = Definition(&section, reading: reading, kafka: kafka)
    section.close()
    return reading.keys
  }
}

import Pipeline
import SPN

/// What a decoder made of one record, copied out of its buffers.
struct Decoded: Equatable {
  var rejection: Rejection?
  var stream = ""
  var time = ModelTime(nanoseconds: 0)
  /// Bit patterns, so that NaN equals itself.
  var values: [UInt64] = []

  // Not inlined: the optimizer of Swift 6.3.1 fails its own checks on what it makes of the callers.
  var code: Rejection.Code? { @inline(never) get { rejection?.code } }
  var message: String { rejection?.message ?? "" }
  var numbers: [Double] { values.map(Double.init(bitPattern:)) }

  init(_ rejection: Rejection) { self.rejection = rejection }

  init(_ decoder: borrowing Decoder) {
    stream = text(decoder.stream)
    time = decoder.time
    for index in 0..<decoder.values.count { values.append(decoder.values[index].bitPattern) }
  }
}

/// The text of some bytes.
func text(_ bytes: Span<UInt8>) -> String {
  var copy: [UInt8] = []
  for index in 0..<bytes.count { copy.append(bytes[index]) }
  return String(decoding: copy, as: UTF8.self)
}

/// Settings in a test's short hand: pointers as text.
func settings(
  stream: [String] = [], time: String? = nil, unit: Definition.Time.Unit = .rfc3339,
  zone: ZoneRules = .utc, channels: [String] = ["/v"]
) -> DecoderSettings {
  var settings = DecoderSettings(channels: channels.compactMap(JSONPointer.init))
  settings.stream = stream.compactMap(JSONPointer.init)
  settings.time = time.flatMap(JSONPointer.init)
  settings.unit = unit
  settings.zone = zone
  return settings
}

extension Decoder {
  /// Decodes a value with a key and a timestamp.
  mutating func decode(
    _ value: [UInt8]?, key: [UInt8]? = Array("k".utf8), timestamp: Int64 = 1_700_000_000_000
  ) -> Decoded {
    let keyBytes = key ?? []
    let valueBytes = value ?? []
    let record = Record(
      partition: TopicPartition(topic: 0, partition: 0), offset: 0, timestamp: timestamp,
      key: key == nil ? nil : keyBytes.span, value: value == nil ? nil : valueBytes.span)
    if let rejection = decode(record) { return Decoded(rejection) }
    return Decoded(self)
  }

  /// Decodes a value given as text.
  mutating func decode(
    _ value: String, key: String? = "k", timestamp: Int64 = 1_700_000_000_000
  ) -> Decoded {
    decode(Array(value.utf8), key: key.map { Array($0.utf8) }, timestamp: timestamp)
  }
}

/// Decodes one value with a decoder of its own.
func decode(
  _ value: String, _ settings: DecoderSettings = settings(), key: String? = "k",
  timestamp: Int64 = 1_700_000_000_000
) throws -> Decoded {
  var decoder = try Decoder(settings)
  return decoder.decode(value, key: key, timestamp: timestamp)
}

/// A record that will be a dead letter, copied while its source still lends it.
struct RejectedRecord {
  /// The key's bytes; nil where the key is null, likewise the value.
  var key: [UInt8]?
  var value: [UInt8]?
  var headers: [Header] = []
  var rejection: Rejection
}

/// Dead letters: records that could not be decoded, byte for byte, with the reason in headers.
extension ResultEncoder {
  /// Keeps a record that could not be decoded.
  mutating func keepRejected(
    _ record: borrowing Record, headers: [Header], rejection: Rejection
  ) {
    rejected = RejectedRecord(
      key: copy(record.key), value: copy(record.value), headers: headers, rejection: rejection)
  }

  /// Writes the record that was kept; what is longer than its topic takes is cut, which a header
  /// tells.
  ///
  /// - Parameter now: milliseconds since 1970; dead letters alone carry the time at which they were
  ///   written.
  mutating func writeRejected<Target: Sink & ~Copyable>(
    at now: Int64, into sink: inout Target
  ) throws(PipelineError) {
    guard var rejected = rejected.take() else { return }
    let origin = DeadLetter.Origin(
      topic: topic, partition: partition.partition, offset: offset, group: definition.group)
    var headers = DeadLetter.headers(
      for: rejected.rejection, of: origin, original: rejected.headers)
    cut(&rejected, &headers, to: sink.bytesMax(of: .deadLetters))
    let key = rejected.key ?? []
    let value = rejected.value ?? []
    try sink.append(
      to: .deadLetters, source: partition, offset: offset,
      key: rejected.key == nil ? nil : key.span, value: rejected.value == nil ? nil : value.span,
      headers: headers, timestamp: now)
  }

  private func copy(_ bytes: Span<UInt8>?) -> [UInt8]? {
    guard let bytes else { return nil }
    return Array(count: bytes.count) { bytes[$0] }
  }

  /// Cuts the value, and if need be the key and the record's own headers, until all fits.
  private func cut(
    _ rejected: inout RejectedRecord, _ headers: inout [Header], to limit: Int
  ) {
    let sizes = (rejected.key?.count ?? 0, rejected.value?.count ?? 0)
    guard sizes.0 + sizes.1 + size(of: headers) > limit else { return }
    headers.append(Header("spnd.truncated", "key \(sizes.0) bytes, value \(sizes.1) bytes"))
    if size(of: headers) > limit / 2 { headers.removeFirst(rejected.headers.count) }
    let room = max(0, limit - size(of: headers))
    if sizes.0 > room / 2 { rejected.key = rejected.key.map { Array($0.prefix(room / 2)) } }
    let left = max(0, room - (rejected.key?.count ?? 0))
    rejected.value = rejected.value.map { Array($0.prefix(left)) }
  }
}

extension Definition {
  /// A hash of what makes a record an event: the stream's fields, the time and the channels.
  ///
  /// Models that learned other events cannot go on; every other setting may change under them.
  package var eventHash: UInt64 {
    let time = input.time
    let names = input.stream.map(\.text).joined(separator: "\n")
    let channels = input.values.map { "\($0.name)=\($0.pointer.text)" }.joined(separator: "\n")
    let text =
      "stream\n\(names)\ntime\n\(time.path?.text ?? "record")\n\(time.unit.rawValue)\n"
      + "\(time.zone)\nvalues\n\(channels)"
    return hashBytes(Array(text.utf8).span)
  }
}

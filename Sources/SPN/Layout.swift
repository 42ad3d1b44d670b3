/// Where things lie in a stream's block.
///
/// A block is a header of 64 bytes and one `Channel` for each channel, aligned to 64. The
/// components of a channel lie in the order of `components`, each aligned as its type asks; all
/// fields have a fixed size, bytes between them stay zero, and zero bytes are a valid new stream.
/// What is saved of a stream is these bytes: any change here is a change of
/// `Network.numericsVersion`.
package enum Layout {
  /// Bytes before the first channel.
  static let headerByteCount = 64
  /// What a block must be aligned to.
  static let alignment = 64
  /// Bytes of one channel, a multiple of 64: the inverse covariance comes last, and has a row for
  /// each input in use.
  package static func channelByteCount(inputCount: Int) -> Int {
    let unused = (Constants.inputCount - inputCount) * InverseCovariance.rowByteCount
    return (MemoryLayout<Channel>.size - unused + 63) & ~63
  }

  /// The components of a channel after its two 8-byte counters, and the bytes of each, in their
  /// order.
  package static var components: [(name: String, byteCount: Int)] {
    [
      ("spacing", MemoryLayout<Spacing>.size),
      ("normaliser", MemoryLayout<Normaliser>.size),
      ("interval", MemoryLayout<ConformalInterval>.size),
      ("neuromodulator", MemoryLayout<Neuromodulator>.size),
      ("hourScale", MemoryLayout<HourScale>.size),
      ("flatRun", MemoryLayout<FlatRun>.size),
      ("attention", MemoryLayout<DynamicAttention>.size),
      ("slow", MemoryLayout<PlasticNeuron>.size),
      ("plastic", MemoryLayout<PlasticNeuron>.size),
      ("meta", MemoryLayout<MetaPlasticity>.size),
      ("synapses", MemoryLayout<StructuralPlasticity>.size),
      ("history", MemoryLayout<LagHistory>.size),
      ("explanation", MemoryLayout<Explanation>.size),
      ("messages", MemoryLayout<Messages>.size),
      ("episode", MemoryLayout<EpisodicRecall>.size),
      ("evidence", MemoryLayout<AnomalyEvidence>.size),
      ("clock", MemoryLayout<ClockMemory>.size),
      ("regimes", MemoryLayout<RegimeMemory>.size),
      ("covariance", MemoryLayout<InverseCovariance>.size),
    ]
  }
}

/// What the channels of a stream have in common.
struct Header: ~Copyable {
  /// Events so far.
  var eventCount: Int64
  /// The last event's time, UTC.
  var nanoseconds: Int64
  /// The seconds that local clocks were ahead of UTC then.
  var zoneOffset: Int64
}

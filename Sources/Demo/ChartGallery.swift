/// The charts of all streams of one pipeline, of which the view shows one at a time.
package struct ChartGallery: Sendable {
  /// How long a stream stays in view, in nanoseconds.
  package static let dwell: UInt64 = 8_000_000_000

  /// The charts by their key's hash; for display, where a collision does no harm.
  private var charts: [UInt64: Chart] = [:]
  private var shown: UInt64?
  private var shownSince: UInt64 = 0

  package init() {}

  /// The chart in view; nil before the first prediction.
  package var current: Chart? { shown.flatMap { charts[$0] } }

  /// Adds the point of a prediction, given as its record's key and value.
  package mutating func note(key: Span<UInt8>?, prediction: Span<UInt8>?) {
    guard let key, let prediction, let point = PredictionScan.point(in: prediction) else { return }
    let hash = Self.hash(key)
    if charts[hash] == nil {
      let name = String(decoding: key.indices.map { key[$0] }, as: UTF8.self)
      charts[hash] = Chart(stream: name)
    }
    charts[hash]?.append(point)
    if shown == nil { shown = hash }
  }

  /// Brings a stream into view, unless another has only just come there.
  package mutating func show(stream: String, nanoseconds now: UInt64) {
    let key = Array(stream.utf8)
    let hash = Self.hash(key.span)
    guard now &- shownSince >= Self.dwell, charts[hash] != nil else { return }
    shown = hash
    shownSince = now
  }

  /// FNV-1a (Fowler, Noll, Vo 1991), 64 bits.
  private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    return hash
  }
}

internal import SPN

/// Rows of numbers over time as colours: blue below zero, red above.
struct HeatPanel: PlotPanel {
  let title: String
  private let record: PlotRecord
  private let names: [String]
  private let rowHeight: Double
  private let values: (PlotRecord.Snapshot) -> [Double]
  /// The size that has the full colour.
  private let scale: Double
  private let isSigned: Bool

  var height: Double { Double(names.count) * rowHeight }

  var legend: [(name: String, color: String)] {
    let full = isSigned ? "±\(scale.fixed(3))" : scale.fixed(2)
    return isSigned
      ? [("+\(full.dropFirst())", color(1)), ("0", color(0)), ("−\(full.dropFirst())", color(-1))]
      : [(full, color(1)), ("0", color(0))]
  }

  /// The slow neuron's weights.
  static func slowWeights(_ record: PlotRecord) -> HeatPanel {
    HeatPanel(record, "slow weights of each input", Attribution.inputNames, 9, true) {
      $0.slowWeights
    }
  }

  /// The fast trace.
  static func trace(_ record: PlotRecord) -> HeatPanel {
    HeatPanel(
      record, "fast trace: plastic less slow weights", Attribution.inputNames, 9, true
    ) { $0.trace }
  }

  /// The memories that speak.
  static func regimes(_ record: PlotRecord) -> HeatPanel {
    let names = (1...6).map { "memory \($0)" }
    return HeatPanel(
      record, "regime memories: share of each in the forecast", names, 11, false, full: 1
    ) { $0.regimes }
  }

  /// - Parameter full: the size that has the full colour; nil for what 98 % of sizes stay below.
  private init(
    _ record: PlotRecord, _ title: String, _ names: [String], _ rowHeight: Double,
    _ isSigned: Bool, full: Double? = nil, _ values: @escaping (PlotRecord.Snapshot) -> [Double]
  ) {
    self.record = record
    self.title = title
    self.names = names
    self.rowHeight = rowHeight
    self.isSigned = isSigned
    self.values = values
    let sizes = record.snapshots.flatMap { values($0).map(abs) }.sorted()
    scale = full ?? max(sizes.isEmpty ? 0 : sizes[sizes.count * 98 / 100], 1e-6)
  }

  func draw(top: Double, _ time: TimeAxis, into svg: inout SVG) {
    let ends = record.snapshots.map { time.x(record.series.times[$0.event].nanoseconds) }
    for (row, name) in names.enumerated() {
      let y = top + Double(row) * rowHeight
      svg.text(
        name, x: StreamPlot.left - 6, y: y + rowHeight - 2, anchor: .end, size: 8, color: "#666")
      // Neighbours of one colour are one rectangle: most of the picture is white.
      var start = StreamPlot.left
      var shown = ""
      for (place, snapshot) in record.snapshots.enumerated() {
        let next = color((values(snapshot)[row] / scale))
        guard next != shown else { continue }
        let end = place > 0 ? ends[place - 1] : StreamPlot.left
        fill(shown, from: start, to: end, y, into: &svg)
        start = end
        shown = next
      }
      fill(shown, from: start, to: ends.last ?? start, y, into: &svg)
    }
  }

  private func fill(
    _ color: String, from start: Double, to end: Double, _ y: Double, into svg: inout SVG
  ) {
    guard !color.isEmpty, color != self.color(0), end > start else { return }
    svg.rectangle(start, y, width: end - start, height: rowHeight, color: color)
  }

  /// A colour for −1…1 in sixteen steps either way.
  private func color(_ share: Double) -> String {
    let level = (min(max(share, -1), 1) * 16).rounded() / 16
    let fade = 1 - abs(level)
    let strong: (Double, Double, Double) = level < 0 ? (33, 102, 172) : (178, 24, 43)
    func channel(_ value: Double) -> String {
      let mixed = Int((value + (255 - value) * fade).rounded())
      let text = String(mixed, radix: 16)
      return text.count < 2 ? "0" + text : text
    }
    return "#" + channel(strong.0) + channel(strong.1) + channel(strong.2)
  }
}

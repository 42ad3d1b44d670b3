internal import SPN

/// The series with its interval, its anomalies and its drifts.
struct ValuePanel: PlotPanel {
  private let record: PlotRecord
  let title: String
  let height = 240.0
  let legend = [
    ("observed", "#1f4e79"), ("expected", "#e08a00"), ("interval", "#f7dfb5"),
    ("anomaly opens", "#d62728"), ("drift", "#7b3fa0"), ("regime recalled", "#2a8f4e"),
  ].map { (name: $0.0, color: $0.1) }

  init(_ record: PlotRecord) {
    self.record = record
    title = "\(record.series.channels[record.channel]), in its own unit"
  }

  func draw(top: Double, _ time: TimeAxis, into svg: inout SVG) {
    let axis = axis(top)
    label(axis, into: &svg)
    let columns = columns(time)
    svg.area(
      columns.map { ($0.x, axis.y($0.upper), axis.y($0.lower)) }, color: "#f7dfb5")
    svg.path(columns.map { ($0.x, axis.y($0.expected)) }, color: "#e08a00", width: 2)
    // Within a column the values' whole range is drawn, so that no spike is lost.
    svg.path(
      columns.flatMap { [($0.x, axis.y($0.least)), ($0.x, axis.y($0.most))] }, color: "#1f4e79")
    marks(top, axis, time, into: &svg)
  }

  private func marks(_ top: Double, _ axis: ValueAxis, _ time: TimeAxis, into svg: inout SVG) {
    var labelled = -100.0
    for (place, outcome) in record.outcomes.enumerated() {
      let x = time.x(record.series.times[record.events.lowerBound + place].nanoseconds)
      if outcome.recalled != nil {
        svg.line(x, top, x, top + height, color: "#2a8f4e", dashes: "2 3")
      }
      guard let drift = outcome.drift else { continue }
      svg.line(x, top, x, top + height, color: "#7b3fa0", dashes: "5 3")
      guard x > labelled + 48 else { continue }
      let isNearEdge = x > StreamPlot.left + StreamPlot.plotWidth - 60
      svg.text(
        "\(drift.kind)", x: isNearEdge ? x - 3 : x + 3, y: top + 11,
        anchor: isNearEdge ? .end : .start, size: 10, color: "#7b3fa0")
      labelled = x
    }
    for alarm in record.alarms {
      let outcome = record.outcomes[alarm - record.events.lowerBound]
      let x = time.x(record.series.times[alarm].nanoseconds)
      svg.circle(x, axis.y(outcome.value), radius: 4, color: "#d62728")
    }
  }

  /// From the least to the most that was observed, and a little more.
  private func axis(_ top: Double) -> ValueAxis {
    let values = record.outcomes.map(\.value).filter(\.isFinite)
    let (least, most) = (values.min() ?? 0, values.max() ?? 1)
    let margin = 0.06 * (most > least ? most - least : 1)
    return ValueAxis(lower: least - margin, upper: most + margin, top: top, height: height)
  }

  private struct Column {
    var x: Double
    var least = Double.infinity
    var most = -Double.infinity
    var expected = Double.nan
    var lower = Double.nan
    var upper = Double.nan
  }

  /// What is seen in each half pixel; an empty column where there were no events for long.
  private func columns(_ time: TimeAxis) -> [Column] {
    var columns: [Column] = []
    let longest = Int64(record.series.spacing * 10 * 1e9)
    var before = Int64.max
    for (place, outcome) in record.outcomes.enumerated() where outcome.value.isFinite {
      let now = record.series.times[record.events.lowerBound + place].nanoseconds
      let x = (time.x(now) * 2).rounded() / 2
      if before != .max, now - before > longest { columns.append(Column(x: .nan)) }
      before = now
      if columns.last?.x != x { columns.append(Column(x: x)) }
      let last = columns.count - 1
      columns[last].least = min(columns[last].least, outcome.value)
      columns[last].most = max(columns[last].most, outcome.value)
      columns[last].expected = outcome.prediction
      columns[last].lower = outcome.lower
      columns[last].upper = outcome.upper
    }
    return columns
  }
}

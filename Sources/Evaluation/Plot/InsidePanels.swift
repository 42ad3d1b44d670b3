internal import SPN

/// The anomaly score of every event and the level that opens an alarm.
struct ScorePanel: PlotPanel {
  private let record: PlotRecord
  let title = "anomaly score, 0 to 1"
  let height = 80.0
  let legend = [("score", "#c0504d"), ("alarm level", "#333333")].map {
    (name: $0.0, color: $0.1)
  }

  init(_ record: PlotRecord) { self.record = record }

  func draw(top: Double, _ time: TimeAxis, into svg: inout SVG) {
    let axis = ValueAxis(lower: 0, upper: 1, top: top, height: height)
    label(axis, into: &svg)
    var highest: [(x: Double, score: Double)] = []
    var level: [(x: Double, y: Double)] = []
    for (place, outcome) in record.outcomes.enumerated() {
      let at = time.x(record.series.times[record.events.lowerBound + place].nanoseconds)
      let x = at.rounded()
      if highest.last?.x != x {
        highest.append((x, 0))
        level.append((x, axis.y(record.levels[place])))
      }
      let last = highest.count - 1
      highest[last].score = max(highest[last].score, Double(outcome.score))
    }
    for bar in highest where bar.score > 0.01 {
      svg.line(bar.x, axis.y(0), bar.x, axis.y(bar.score), color: "#c0504d")
    }
    svg.path(level, color: "#333333")
  }
}

/// Who the attention listens to, over time.
struct AttentionPanel: PlotPanel {
  private let record: PlotRecord
  let title = "attention: share of each expert in the forecast"
  let height = 120.0
  private static let colors = [
    "#1f77b4", "#aec7e8", "#7f7f7f", "#bcbd22", "#2ca02c", "#ff7f0e", "#9467bd",
  ]

  init(_ record: PlotRecord) { self.record = record }

  var legend: [(name: String, color: String)] {
    zip(PlotRecord.groups, Self.colors).map { (name: $0, color: $1) }
  }

  func draw(top: Double, _ time: TimeAxis, into svg: inout SVG) {
    let axis = ValueAxis(lower: 0, upper: 1, top: top, height: height)
    label(axis, into: &svg)
    var below = record.snapshots.map { _ in 0.0 }
    for group in PlotRecord.groups.indices {
      let points = record.snapshots.enumerated().map { place, snapshot in
        let from = below[place]
        below[place] += snapshot.attention[group]
        let x = time.x(record.series.times[snapshot.event].nanoseconds)
        return (x: x, top: axis.y(below[place]), bottom: axis.y(from))
      }
      svg.area(points, color: Self.colors[group], opacity: 0.85)
    }
  }
}

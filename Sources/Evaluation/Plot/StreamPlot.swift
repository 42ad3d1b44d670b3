/// A picture of one channel of one stream: what came, what was expected, and what went on inside.
package enum StreamPlot {
  static let width = 1200
  static let left = 96.0
  static let right = 190.0
  private static let gap = 46.0
  private static let header = 40.0
  /// Width of what is drawn, in pixels; one snapshot of the network every two.
  static var plotWidth: Double { Double(width) - left - right }

  /// Draws events of a channel.
  ///
  /// - Parameters:
  ///   - channel: the channel's number.
  ///   - events: which of the series' events to show; all earlier ones are learned too.
  /// - Returns: an SVG document.
  package static func svg(
    _ series: Series, channel: Int = 0, events: Range<Int>, _ settings: Settings
  ) -> String {
    let record = PlotRecord(
      series, channel: channel, events: events, columns: Int(plotWidth / 2), settings)
    let panels: [any PlotPanel] = [
      ValuePanel(record), ScorePanel(record), AttentionPanel(record),
      HeatPanel.regimes(record), HeatPanel.slowWeights(record), HeatPanel.trace(record),
    ]
    let height = panels.reduce(header + 30) { $0 + $1.height + gap }
    var svg = SVG(width: width, height: Int(height))
    let isNamed = series.name.hasSuffix(series.channels[channel])
    let name = isNamed ? "" : ", \(series.channels[channel])"
    svg.text("\(series.name)\(name)", x: left, y: 24, size: 15, color: "#111", isBold: true)
    svg.text(
      "\(events.count) events, \(timeText(series.times[events.lowerBound].nanoseconds)) to "
        + "\(timeText(series.times[events.upperBound - 1].nanoseconds)) UTC",
      x: left + plotWidth, y: 24, anchor: .end, color: "#666")
    var top = header + 12
    for panel in panels {
      let time = TimeAxis(
        first: series.times[events.lowerBound].nanoseconds,
        last: series.times[events.upperBound - 1].nanoseconds, left: left, width: plotWidth)
      frame(panel, top: top, time, into: &svg)
      panel.draw(top: top, time, into: &svg)
      top += panel.height + gap
    }
    svg.text("time (UTC)", x: left + plotWidth / 2, y: top - 10, anchor: .middle, color: "#666")
    return svg.document
  }

  private static func frame(
    _ panel: any PlotPanel, top: Double, _ time: TimeAxis, into svg: inout SVG
  ) {
    let bottom = top + panel.height
    svg.text(panel.title, x: left, y: top - 6, size: 12, color: "#111", isBold: true)
    for tick in time.ticks {
      let x = time.x(tick.time)
      svg.line(x, top, x, bottom, color: "#eee")
      svg.line(x, bottom, x, bottom + 4, color: "#999")
      svg.text(tick.label, x: x, y: bottom + 16, anchor: .middle, size: 10, color: "#666")
    }
    svg.line(left, bottom, left + plotWidth, bottom, color: "#999")
    svg.line(left, top, left, bottom, color: "#999")
    for (number, entry) in panel.legend.enumerated() {
      let y = top + 8 + Double(number) * 16
      svg.rectangle(left + plotWidth + 13, y - 6, width: 16, height: 11, color: "#ccc")
      svg.rectangle(left + plotWidth + 14, y - 5, width: 14, height: 9, color: entry.color)
      svg.text(entry.name, x: left + plotWidth + 34, y: y + 4, color: "#444")
    }
  }
}

/// One of a plot's panels, one below the other.
protocol PlotPanel {
  var title: String { get }
  /// Pixels.
  var height: Double { get }
  var legend: [(name: String, color: String)] { get }
  /// Draws everything but the frame.
  func draw(top: Double, _ time: TimeAxis, into svg: inout SVG)
}

extension PlotPanel {
  /// The labels and grid lines of a vertical axis.
  func label(_ axis: ValueAxis, into svg: inout SVG) {
    for tick in axis.ticks {
      let y = axis.y(tick.value)
      svg.line(StreamPlot.left, y, StreamPlot.left + StreamPlot.plotWidth, y, color: "#eee")
      svg.text(
        tick.label, x: StreamPlot.left - 8, y: y + 4, anchor: .end, size: 10, color: "#666")
    }
  }
}

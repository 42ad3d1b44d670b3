import Evaluation
import Testing

@Suite struct PlotTests {
  /// A daily season with a jump of the level, a spike, and a name that needs escaping.
  private var series: Series {
    var random = SplitMix64(seed: 8)
    let values = (0..<2000).map { i in
      Double([0, 2, 5, 3][i / 6 % 4]) + 0.3 * random.normal() + (i >= 1200 ? 30 : 0)
        + (i == 700 ? 80 : 0)
    }
    return Series(name: "a<b>&c", values: values, start: 1_700_000_000, spacing: 3600)
  }

  private func count(_ text: String, in svg: String) -> Int { svg.ranges(of: text).count }

  @Test func whatHappenedIsDrawn() {
    let svg = StreamPlot.svg(series, events: 0..<2000, Settings())
    let trace = Trace.of(single: series, Settings())
    #expect(!trace.alarms.isEmpty && !trace.drifts.isEmpty)
    #expect(count("<circle", in: svg) == trace.alarms.count)
    #expect(count("stroke-dasharray=\"5 3\"", in: svg) == trace.drifts.count)
    #expect(svg.contains(">a&lt;b&gt;&amp;c, value</text>"))
    #expect(svg.contains(">2000 events, 2023-11-14 22:13:20 to 2024-02-06 05:13:20 UTC</text>"))
    #expect(svg.contains("time (UTC)"))
    for title in ["attention", "regime memories", "slow weights", "fast trace", "anomaly score"] {
      #expect(svg.contains(">\(title)"), "\(title)")
    }
    #expect(svg.hasPrefix("<svg xmlns=") && svg.hasSuffix("</svg>\n"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func theSamePictureEveryTime() {
    let first = StreamPlot.svg(series, events: 500..<1500, Settings())
    #expect(first == StreamPlot.svg(series, events: 500..<1500, Settings()))
  }

  @Test func aLongGapIsNotDrawnOver() {
    var gappy = series
    for i in 1000..<2000 { gappy.times[i].nanoseconds += 500 * 3_600_000_000_000 }
    let whole = StreamPlot.svg(series, events: 900..<1100, Settings())
    let parted = StreamPlot.svg(gappy, events: 900..<1100, Settings())
    func moves(_ svg: String) -> Int { count("M", in: svg) }
    #expect(moves(parted) > moves(whole))
  }

  @Test func oneEventIsAPicture() {
    #expect(StreamPlot.svg(series, events: 0..<1, Settings()).hasSuffix("</svg>\n"))
  }
}

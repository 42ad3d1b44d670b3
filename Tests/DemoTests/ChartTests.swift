import Demo
import Testing

/// Charts, and the way of a prediction's numbers into them.
struct ChartTests {
  private static func chart(_ values: [Double], lower: Double, upper: Double) -> Chart {
    var chart = Chart(stream: "s")
    for value in values { chart.append(Chart.Point(value: value, lower: lower, upper: upper)) }
    return chart
  }

  private static func text(_ chart: Chart, columns: Int, rows: Int) -> [String] {
    chart.lines(columns: columns, rows: rows).map {
      $0.rendered(columns: columns, isColoured: false)
    }
  }

  @Test("two events share a character, high values stand in high rows")
  func drawing() {
    let lines = Self.text(
      Self.chart([0, 0, 0, 10, 10, 10], lower: 0, upper: 10), columns: 3, rows: 2)
    #expect(lines.count == 2)
    #expect(lines.map(\.count) == [3, 3])
    #expect(lines[0].first == " " && lines[0].last != " ")
    #expect(lines[1].first != " " && lines[1].last == " ")
  }

  @Test("a value outside the band is coloured as such, one inside is not")
  func colours() {
    func coloured(_ last: Double) -> String {
      Self.chart([1, 1, last], lower: 0, upper: 2).lines(columns: 2, rows: 4)
        .map { $0.rendered(columns: 2, isColoured: true) }.joined()
    }
    #expect(coloured(9).contains("\u{1B}[1;31m"))
    #expect(!coloured(1.5).contains("\u{1B}[1;31m"))
  }

  @Test("constant, empty and infinite series are drawn without a trap")
  func degenerate() {
    #expect(Self.text(Chart(stream: "s"), columns: 10, rows: 3) == ["", "", ""])
    #expect(Self.text(Self.chart([5], lower: .nan, upper: .nan), columns: 10, rows: 3).count == 3)
    let constant = Self.chart(Array(repeating: 0, count: 50), lower: 0, upper: 0)
    #expect(Self.text(constant, columns: 10, rows: 3).count == 3)
    let huge = Self.chart([-1e308, 1e308, .infinity], lower: -.infinity, upper: .infinity)
    #expect(huge.points.count == 2)
    #expect(Self.text(huge, columns: 10, rows: 3).count == 3)
    #expect(Self.text(constant, columns: 0, rows: 0).isEmpty)
  }

  @Test("old points are forgotten")
  func bounded() {
    let chart = Self.chart((0..<5000).map(Double.init), lower: 0, upper: 1)
    #expect(chart.points.count <= Chart.pointsMax)
    #expect(chart.points.last?.value == 4999)
  }

  @Test(
    "a prediction's numbers are found, the forecast's are not",
    arguments: [
      (
        #"{"stream":"a","value":-21.5,"prediction":1,"lower":2e-1,"upper":1.5E+2,"anomaly":true,"#
          + #""forecast":[{"prediction":7,"lower":8,"upper":9}]}"#,
        [-21.5, 0.2, 150], true
      ),
      (#"{"value":3,"lower":null,"upper":4,"anomaly":false}"#, [3, .nan, 4], false),
    ] as [(String, [Double], Bool)])
  func scan(json: String, numbers: [Double], isAnomaly: Bool) throws {
    let bytes = Array(json.utf8)
    let found = PredictionScan.point(in: bytes.span)
    let point = try #require(found)
    for (found, expected) in zip([point.value, point.lower, point.upper], numbers) {
      #expect(expected.isNaN ? found.isNaN : abs(found - expected) < 1e-12)
    }
    #expect(point.isAnomaly == isAnomaly)
  }

  @Test(
    "text that is no prediction gives no point",
    arguments: ["", "{}", "\"value\":", #"{"value":null}"#, #"{"value":-}"#, #"{"value":1e999}"#])
  func noPoint(json: String) {
    let bytes = Array(json.utf8)
    let isFound = PredictionScan.point(in: bytes.span) != nil
    #expect(!isFound)
  }

  @Test("the stream of an alarm comes into view, and stays for a while")
  func gallery() {
    var gallery = ChartGallery()
    #expect(gallery.current == nil)
    let json = Array(#"{"value":1,"lower":0,"upper":2,"anomaly":false}"#.utf8)
    for key in ["a", "b", "c"] {
      let key = Array(key.utf8)
      gallery.note(key: key.span, prediction: json.span)
    }
    #expect(gallery.current?.stream == "a")
    let start = ChartGallery.dwell
    gallery.show(stream: "unknown", nanoseconds: start)
    #expect(gallery.current?.stream == "a")
    gallery.show(stream: "b", nanoseconds: start)
    gallery.show(stream: "c", nanoseconds: start + 1)
    #expect(gallery.current?.stream == "b")
    gallery.show(stream: "c", nanoseconds: 2 * start)
    #expect(gallery.current?.stream == "c")
  }
}

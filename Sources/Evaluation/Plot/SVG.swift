/// A drawing in SVG, built shape by shape.
struct SVG {
  private let width: Int
  private let height: Int
  private var body: [String] = []

  /// - Parameters:
  ///   - width: pixels.
  ///   - height: pixels.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Where a text stands on its point.
  enum Anchor: String {
    case start, middle, end
  }

  mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, size: Int = 11,
    color: String = "#333", isBold: Bool = false
  ) {
    let weight = isBold ? " font-weight=\"600\"" : ""
    body.append(
      "<text x=\"\(x.pixel)\" y=\"\(y.pixel)\" text-anchor=\"\(anchor.rawValue)\""
        + " font-size=\"\(size)\" fill=\"\(color)\"\(weight)>\(escaped(text))</text>")
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Double = 1,
    dashes: String? = nil
  ) {
    let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    body.append(
      "<line x1=\"\(x1.pixel)\" y1=\"\(y1.pixel)\" x2=\"\(x2.pixel)\" y2=\"\(y2.pixel)\""
        + " stroke=\"\(color)\" stroke-width=\"\(width)\"\(dash)/>")
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, width: Double, height: Double, color: String, opacity: Double = 1
  ) {
    let see = opacity < 1 ? " fill-opacity=\"\(opacity)\"" : ""
    body.append(
      "<rect x=\"\(x.pixel)\" y=\"\(y.pixel)\" width=\"\(width.pixel)\" height=\"\(height.pixel)\""
        + " fill=\"\(color)\"\(see)/>")
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, color: String) {
    body.append(
      "<circle cx=\"\(x.pixel)\" cy=\"\(y.pixel)\" r=\"\(radius)\" fill=\"\(color)\""
        + " stroke=\"#fff\" stroke-width=\"0.8\"/>")
  }

  /// A line through points; a break where one is not finite.
  mutating func path(_ points: [(x: Double, y: Double)], color: String, width: Double = 1) {
    var commands = ""
    var isDrawing = false
    for point in points {
      guard point.y.isFinite else {
        isDrawing = false
        continue
      }
      commands += "\(isDrawing ? "L" : "M")\(point.x.pixel) \(point.y.pixel)"
      isDrawing = true
    }
    body.append(
      "<path d=\"\(commands)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(width)\""
        + " stroke-linejoin=\"round\"/>")
  }

  /// The area between an upper and a lower line; a gap where one is not finite.
  mutating func area(
    _ points: [(x: Double, top: Double, bottom: Double)], color: String, opacity: Double = 1
  ) {
    let pieces = points.split { !$0.top.isFinite || !$0.bottom.isFinite }
    let outlines = pieces.map { piece in
      let there = piece.map { "\($0.x.pixel) \($0.top.pixel)" }
      let back = piece.reversed().map { "\($0.x.pixel) \($0.bottom.pixel)" }
      return "M\((there + back).joined(separator: "L"))Z"
    }
    body.append(
      "<path d=\"\(outlines.joined())\" fill=\"\(color)\" fill-opacity=\"\(opacity)\"/>")
  }

  /// The whole document.
  var document: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
    viewBox="0 0 \(width) \(height)" font-family="system-ui, sans-serif">
    <rect width="\(width)" height="\(height)" fill="#fff"/>
    \(body.joined(separator: "\n"))
    </svg>

    """
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}

extension Double {
  /// A coordinate to a tenth of a pixel.
  fileprivate var pixel: String { fixed(1) }
}

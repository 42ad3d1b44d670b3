/// One line of the view: pieces of text, each with a colour.
package struct StyledLine: Sendable {
  /// The colours of the view, as the terminal's own where it can choose.
  package enum Style: String, Sendable {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case good = "32"
    case bad = "1;31"
    case warning = "33"
    case accent = "36"
    case band = "32;48;5;236"
    case outside = "1;31;48;5;236"
  }

  private var pieces: [(text: String, style: Style)] = []

  package init(_ text: String = "", _ style: Style = .plain) {
    add(text, style)
  }

  /// Adds text at the end; control characters, which could move the cursor, become spaces.
  package mutating func add(_ text: String, _ style: Style = .plain) {
    guard !text.isEmpty else { return }
    let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    let clean = isClean ? text : String(text.map { $0.isASCII && !$0.isPrintable ? " " : $0 })
    pieces.append((clean, style))
  }

  /// The columns that the line takes.
  package var width: Int { pieces.reduce(0) { $0 + $1.text.count } }

  /// The line for a terminal of `columns`: cut with an ellipsis where it is longer, coloured if
  /// wanted.
  package func rendered(columns: Int, isColoured: Bool) -> String {
    var left = columns
    let isCut = width > columns
    var result = ""
    for (text, style) in pieces where left > 0 {
      let room = isCut ? left - 1 : left
      let shown = text.count <= room ? text : text.prefix(max(0, room)) + "…"
      left -= shown.count
      result +=
        isColoured && style != .plain ? "\u{1B}[\(style.rawValue)m\(shown)\u{1B}[0m" : shown
    }
    return result
  }
}

extension Character {
  fileprivate var isPrintable: Bool {
    unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }
}

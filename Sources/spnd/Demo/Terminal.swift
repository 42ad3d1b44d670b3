import Demo
import Glibc

/// The terminal as a canvas: taken over when made, given back as it was when dropped.
struct Terminal: ~Copyable {
  private let descriptor: Int32
  private let isColoured: Bool

  /// Takes the terminal over; nil where standard output is none.
  init?(descriptor: Int32 = STDOUT_FILENO) {
    guard isatty(descriptor) == 1,
      unsafe getenv("TERM").map({ unsafe strcmp($0, "dumb") != 0 }) == true
    else { return nil }
    self.descriptor = descriptor
    isColoured = unsafe getenv("NO_COLOR") == nil
    // The alternate screen keeps what was on the terminal before.
    Self.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J", to: descriptor)
  }

  deinit {
    Self.write("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l", to: descriptor)
  }

  /// The window's size now; 80 by 24 where the terminal does not tell.
  var screen: Screen {
    var size = winsize()
    let result = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
    guard result == 0, size.ws_col > 0, size.ws_row > 0 else {
      return Screen(columns: 80, rows: 24)
    }
    return Screen(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Draws one picture in one write, so that it does not flicker.
  func draw(_ snapshot: Snapshot) {
    let screen = screen
    let lines = screen.lines(of: snapshot).map {
      $0.rendered(columns: screen.columns, isColoured: isColoured) + "\u{1B}[K"
    }
    Self.write("\u{1B}[H" + lines.joined(separator: "\r\n") + "\u{1B}[J", to: descriptor)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    _ = writeAll(Array(text.utf8), to: descriptor)
  }
}

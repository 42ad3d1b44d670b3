import Evaluation
import Glibc
import Pipeline

/// `spnd plot FILE`: a picture of one stream and of what the network made of it.
enum Plot: Command {
  static let name = "plot"
  static let summary = "draws a stream, what was expected of it, and the network's inside"
  static let options = ["definition", "stream", "channel", "events", "output"]
  static let flags: [String] = []
  static let help = """
    usage: spnd plot FILE [--definition DEF] [--stream S] [--channel C] [--events A-B]
      --output X.svg

    Runs a stream of a file through its model and draws an SVG: the series with its interval,
    anomalies, drifts and recalled regimes; scores and the alarm level; the attention over time; the
    regime memories; the slow weights and the fast trace as heat maps.

    Without a definition, FILE is a CSV file with a column of times (timestamp, date, time, datetime
    or ts, as RFC 3339 writes them) and columns of numbers, each a stream of its own. With one, FILE
    is read as spnd replay reads it; a stream of a group is drawn as it would be on its own.

      --definition DEF  how records are read, and the settings under model: and alerts:
      --stream S        the stream; the column, without a definition (the only one)
      --channel C       which of the stream's values (the first)
      --events A-B      draws only these of the stream's events, counted from 0, once the earlier
                        ones are learned (all)
      --output X.svg    where the picture goes; - is standard output
    """

  static func run(_ arguments: Arguments) throws(Failure) {
    let path = try arguments.only("FILE")
    let output = try arguments.required("output")
    try requireProcessor()
    var settings = Settings()
    let series: Series
    if let file = arguments[option: "definition"] {
      let definition = try loadDefinition(file)
      settings = Settings(definition)
      series = try evaluating { () throws(EvaluationError) in
        try StreamFile(path: path, definition: definition, stream: arguments[option: "stream"])
          .series
      }
    } else {
      series = try column(path, arguments[option: "stream"])
    }
    let svg = StreamPlot.svg(
      series, channel: try channel(arguments, of: series),
      events: try events(arguments, of: series), settings)
    try write(svg, to: output)
  }

  private static func column(_ path: String, _ name: String?) throws(Failure) -> Series {
    let file = try evaluating { () throws(EvaluationError) in
      try SeriesFile(path: path, name: StreamFile.streamName(of: path)).series
    }
    guard let name else {
      guard file.channels.count > 1 else { return file }
      throw Failure(.usage, "\(path) has several columns; --stream takes \(list(file.channels))")
    }
    guard let column = file.channels.firstIndex(of: name) else {
      if file.channels.count == 1, name == file.name { return file }
      throw Failure(
        .noInput, "\(path) has no column \(name); --stream takes \(list(file.channels))")
    }
    return file.separated[column]
  }

  private static func channel(_ arguments: Arguments, of series: Series) throws(Failure) -> Int {
    guard let name = arguments[option: "channel"] else { return 0 }
    guard let channel = series.channels.firstIndex(of: name) else {
      throw Failure(.usage, "there is no channel \(name); --channel takes \(list(series.channels))")
    }
    return channel
  }

  private static func events(
    _ arguments: Arguments, of series: Series
  ) throws(Failure) -> Range<Int> {
    guard let text = arguments[option: "events"] else { return 0..<series.count }
    let bounds = text.split(separator: "-").map { Int($0) ?? -1 }
    guard bounds.count == 2, bounds[0] >= 0, bounds[0] < bounds[1], bounds[1] < series.count else {
      throw Failure(
        .usage, "--events takes A-B with A below B, at most 0-\(series.count - 1), not \(text)")
    }
    return bounds[0]..<(bounds[1] + 1)
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  private static func write(_ text: String, to path: String) throws(Failure) {
    let descriptor = try openOutput(path)
    defer { if descriptor != STDOUT_FILENO { close(descriptor) } }
    guard writeAll(Array(text.utf8), to: descriptor) else {
      throw Failure(
        .cannotCreate, "cannot write \(path): \(unsafe String(cString: strerror(errno)))")
    }
  }
}

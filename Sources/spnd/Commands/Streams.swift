import Glibc
import Pipeline
import Storage

/// `spnd streams list|show|export|import|reset FILE`: the saved models of a daemon that is stopped.
enum Streams: Command {
  static let name = "streams"
  static let summary = "lists, shows, moves and resets the saved models of a stopped daemon"
  static let options = ["input", "output", "channel"]
  static let flags = ["json"]
  static let help = """
    usage: spnd streams list FILE [--json]
           spnd streams show FILE STREAM [--channel NAME]
           spnd streams export FILE --output MODELS.ndjson [STREAM …]
           spnd streams import FILE --input MODELS.ndjson
           spnd streams reset FILE STREAM …

    Works on the state directory of the definition FILE while its daemon is stopped. STREAM is a
    stream's name as results have it. Where models are shared through `state.changelog`, import and
    reset are refused. A daemon that runs does the same over HTTP:

      list    curl HOST:PORT/v1/streams            show    curl HOST:PORT/v1/streams/STREAM
      export  curl HOST:PORT/v1/models[/STREAM]    import  curl -T MODELS.ndjson …/v1/models
      reset   curl -X DELETE HOST:PORT/v1/models/STREAM

    `list`     a line a stream: partition, events learned, the last one's time and score
    `show`     one stream's model as JSON: what it expects next and why, what its network has become
    `export`   writes all models, with what groups said, or those of the streams named, a JSON
               object a line
    `import`   puts exported models into the partitions that they came from; the definition's
               fields, channels and this version's formulas must be those that made them, and the
               daemon must have saved models of these partitions before
    `reset`    makes streams new: they learn from the next record that the daemon reads

      --channel NAME   the channel to show (the first)
      --input FILE     what export wrote
      --json           list as JSON, an object a line
      --output FILE    where exported models go; - is standard output

    Exit codes: 0 done; 65 a model is damaged or another version's; 66 there is no such file or
    stream; 75 the daemon runs; 78 the definition is wrong.
    """

  static func run(_ arguments: Arguments) throws(Failure) {
    guard let verb = arguments.positions.first else {
      throw Failure(.usage, "say what to do: list, show, export, import or reset")
    }
    guard arguments.positions.count > 1 else { throw Failure(.usage, "FILE is missing") }
    let names = Array(arguments.positions.dropFirst(2))
    let known = ["list", "show", "export", "import", "reset"]
    guard known.contains(verb) else {
      throw Failure(.usage, "there is no \(verb); there are \(known.joined(separator: ", "))")
    }
    let definition = try loadDefinition(arguments.positions[1])
    guard definition.state.changelogs.isEmpty || !["import", "reset"].contains(verb) else {
      throw Failure(
        .configuration,
        "with state.changelog, models are not this directory's alone, and \(verb) would be lost: "
          + "ask the daemon that has the stream's partition, while it runs: "
          + (verb == "reset"
            ? "curl -X DELETE http://\(definition.http.listen)/v1/models/STREAM"
            : "curl -T MODELS.ndjson http://\(definition.http.listen)/v1/models"))
    }
    let models = try SavedModels(definition)
    switch verb {
    case "list": try models.list(isJSON: arguments.has("json"))
    case "show":
      guard names.count == 1 else { throw Failure(.usage, "name one STREAM to show") }
      try models.show(names[0], channel: arguments[option: "channel"])
    case "export": try models.export(names, to: arguments.required("output"))
    case "import": try models.restore(from: arguments.required("input"))
    default:
      guard !names.isEmpty else { throw Failure(.usage, "name the STREAMs to reset") }
      try models.reset(names)
    }
  }
}

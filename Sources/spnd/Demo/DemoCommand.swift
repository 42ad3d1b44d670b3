import Demo
import Glibc
import Pipeline

/// `spnd demo`: everything at work, on this machine's metrics and a simulated plant.
enum DemoCommand: Command {
  static let name = "demo"
  static let summary = "shows it all at work on this machine's metrics and a simulated plant"
  static let options = ["seconds", "seed", "sensors", "rate", "pipelines"]
  static let flags = ["json"]
  static let help = """
    usage: spnd demo [--seconds N] [--json] [--seed N] [--sensors N] [--rate N] [--pipelines DIR]

    Starts a broker inside this process and runs two pipelines against it, each as `spnd run`
    would: one on this machine's own metrics, read from /proc five times a second, and one on a
    simulated plant whose clock runs fast (an event is five minutes). After a learning time (40 %
    of the run, at most five days of the plant) a script breaks sensors in known ways: level
    shifts, ramps, variance changes, stuck sensors and spikes. The end is a summary: what went in,
    what came out, and how many of the scripted faults were found, after how many events, with how
    many false alarms.

      --seconds N      how long to run, 1 to 3600; without it until Ctrl-C, an hour at most
      --json           prints the summary as one JSON object, and progress on standard error
      --seed N         another plant and another script (1)
      --sensors N      sensors of the plant, 1 to 2000 (200)
      --rate N         events of the plant a second, 1 to 200000 (50 to 100 for each sensor)
      --pipelines DIR  where plant.yaml and machine.yaml are (Pipelines here, or as installed)

    With less than about 1,000 events a sensor there is little that a model can know.

    An alarm or drift finds a fault from its start to \(Fault.toleranceEvents) events after its end;
    in the \(Fault.recoveryEvents) events after that it answers the fault's end; every other one is
    false, during learning too. A fault that the run cuts off counts neither way.

    Exit codes: 0 done; 69 the broker failed; 70 an event was lost or answered twice; 78 a
    definition is wrong.
    """

  static func run(_ arguments: Arguments) throws(Failure) {
    if let word = arguments.positions.first {
      throw Failure(.usage, "takes no arguments; what is \(word)?")
    }
    let plan = Plan(
      seconds: try arguments.number("seconds", in: 1...Plan.secondsMax),
      sensors: try arguments.number("sensors", in: 1...Plan.sensorsMax) ?? 200,
      rate: try arguments.number("rate", in: 1...Plan.rateMax),
      seed: UInt64(try arguments.number("seed", in: 0...Int.max) ?? 1))
    try requireProcessor()
    // Made before any thread, so that all inherit the mask.
    let signals = Signals()
    let folder = try folder(arguments[option: "pipelines"])
    let run = try DemoRun(
      plan: plan, plant: loadDefinition("\(folder)/plant.yaml"),
      machine: loadDefinition("\(folder)/machine.yaml"), signals: signals)
    let isJSON = arguments.has("json")
    let summary = try run.run(isJSON: isJSON)
    print(isJSON ? summary.json : summary.text)
    guard summary.flow.lost == 0, summary.flow.repeated == 0 else {
      throw Failure(
        .software, "\(summary.flow.lost) events lost, \(summary.flow.repeated) answered twice")
    }
  }

  /// The folder of the two definitions: as told, or the source's, or the installed one.
  private static func folder(_ asked: String?) throws(Failure) -> String {
    if let asked { return asked }
    let folders = ["Pipelines"] + installedFolder
    for folder in folders where unsafe access("\(folder)/plant.yaml", R_OK) == 0 { return folder }
    throw Failure(
      .noInput,
      "there is no plant.yaml in \(folders.joined(separator: " or ")); say where with --pipelines")
  }

  /// `share/spnd/Pipelines` beside the folder that the binary is in.
  private static var installedFolder: [String] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return [] }
    let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let parts = path.split(separator: "/").dropLast(2)
    return ["/" + (parts + ["share", "spnd", "Pipelines"]).joined(separator: "/")]
  }
}

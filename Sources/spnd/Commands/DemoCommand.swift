/// `spnd demo`: placeholder until the demo lands.
enum DemoCommand: Command {
  static let name = "demo"
  static let summary = "shows it all at work on this machine's metrics and a simulated plant"
  static let options: [String] = []
  static let flags: [String] = []
  static let help = "usage: spnd demo"
  static func run(_ arguments: Arguments) throws(Failure) {}
}

import Kafka

/// `spnd version`: what this build is made of.
enum Version: Command {
  static let name = "version"
  static let summary = "prints the version of spnd and of librdkafka"
  static let options: [String] = []
  static let flags: [String] = []
  static let help =
    "usage: spnd version\n\nPrints the version of spnd and of the librdkafka that it runs with."

  /// The version of the daemon.
  static let number = "0.1.0"

  /// What this build is, in one line.
  static var line: String { "spnd \(number), librdkafka \(Kafka.libraryVersion)" }

  static func run(_ arguments: Arguments) throws(Failure) {
    print(line)
  }
}

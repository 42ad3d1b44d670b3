import Pipeline

/// How the process ends, by the numbers of `sysexits.h`.
enum ExitCode: Int32 {
  case success = 0
  /// The command line is wrong.
  case usage = 64
  /// What was read is damaged or not what it should be.
  case data = 65
  /// The input is not there or cannot be read.
  case noInput = 66
  /// The cluster cannot be reached or refuses what is asked.
  case unavailable = 69
  /// A bug.
  case software = 70
  /// The processor lacks what this build needs.
  case system = 71
  /// The output cannot be written.
  case cannotCreate = 73
  /// Reading or writing failed on the way.
  case inputOutput = 74
  /// Another process is in the way; trying again later can help.
  case temporary = 75
  /// The definition is wrong; starting again does not help.
  case configuration = 78

  init(_ error: PipelineError) {
    self =
      switch error.code {
      case .configuration: .configuration
      case .fenced: .temporary
      case .cluster: .unavailable
      case .storage: .inputOutput
      case .outOfRange: .configuration
      }
  }
}

/// Why a command ends early.
struct Failure: Error {
  var code: ExitCode
  var message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: PipelineError) {
    self.init(ExitCode(error), error.description)
  }
}

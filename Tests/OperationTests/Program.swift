import Client
import Foundation
import Glibc

/// What the tests run: the daemon that was built with them, and programs of the system.
enum Program {
  /// The checkout's root.
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path()

  /// The daemon's path: beside the tests' own program.
  static var spnd: String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: tests).deletingLastPathComponent().path() + "spnd"
  }

  /// Held from the making of a program's pipes to its start: one that starts meanwhile would
  /// inherit them, and they would stay open until it ends.
  static let starting = NSLock()

  /// Runs a program to its end: its exit code, and what it printed on both outputs.
  static func run(_ path: String, _ arguments: [String], input: String = "") throws
    -> (code: Int32, text: String)
  {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let (output, stdin) = try starting.withLock {
      let (output, stdin) = (Pipe(), Pipe())
      process.standardOutput = output
      process.standardError = output
      process.standardInput = stdin
      try process.run()
      return (output, stdin)
    }
    // A program may end before it has read what it is told.
    _ = signal(SIGPIPE, SIG_IGN)
    try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  /// A folder of its own, gone with this value.
  final class Folder {
    let path: String

    init() throws {
      path = NSTemporaryDirectory() + "spnd-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Puts a new version of a file behind a symbolic link, as Kubernetes does with the volume of a
    /// ConfigMap, and gives the link's path.
    func swap(_ text: String, to name: String) throws -> String {
      let (version, link) = (UUID().uuidString, "\(path)/\(name)")
      try FileManager.default.createDirectory(
        atPath: "\(path)/..\(version)", withIntermediateDirectories: false)
      _ = try write(text, to: "..\(version)/\(name)")
      unsafe symlink("..\(version)", "\(path)/..next")
      unsafe rename("\(path)/..next", "\(path)/..data")
      unsafe symlink("..data/\(name)", link)
      return link
    }

    /// Writes a file in it and gives its path.
    func write(_ text: String, to name: String) throws -> String {
      try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
      return "\(path)/\(name)"
    }
  }
}

/// A program that goes on until it is stopped; stopped at the latest with this value.
final class Running {
  let process = Process()
  private let errors: Pipe
  /// What it has said on standard error so far.
  private(set) var said = ""

  init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    errors = try Program.starting.withLock { [process] in
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      return errors
    }
  }

  deinit {
    if process.isRunning { signal(SIGKILL) }
    process.waitUntilExit()
  }

  /// Reads its standard error until a line comes that has a text, or until two minutes of silence.
  func wait(for text: String) -> Bool {
    while !said.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .contains(where: { $0.contains(text) })
    {
      var polled = pollfd(
        fd: errors.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard uninterrupted({ unsafe poll(&polled, 1, 120_000) }) == 1 else { return false }
      let data = errors.fileHandleForReading.availableData
      guard !data.isEmpty else { return false }
      said += String(decoding: data, as: UTF8.self)
    }
    return true
  }

  /// Sends a signal to the program, or to the one that it was only started to start.
  func signal(_ number: Int32) { kill(innermost, number) }

  private var innermost: pid_t {
    var pid = process.processIdentifier
    while let text = try? String(
      contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8),
      let child = text.split(separator: " ").first.flatMap({ pid_t($0) })
    {
      pid = child
    }
    return pid
  }

  /// Asks it to end and gives its exit code.
  func stop() -> Int32 {
    signal(SIGTERM)
    process.waitUntilExit()
    return process.terminationStatus
  }
}

import Client
import Foundation
import Glibc
import Testing

/// The daemon as the service manager sees it.
@Suite struct ServiceTests {
  private static let definition = """
    pipeline: served
    kafka: {bootstrap.servers: embedded}
    input: {topics: [in], stream: [/s], values: {v: /v}}
    output: {anomalies: {topic: alarms}, dead-letters: {topic: dead}}
    alerts: {budget: 1 per stream per week}
    state: {directory: "${STATE_DIRECTORY}"}
    http: {listen: "127.0.0.1:0"}

    """

  /// Whether this machine lets us make namespaces of our own.
  private static let canSandbox =
    (try? Program.run(
      "/usr/bin/bwrap", ["--unshare-user", "--ro-bind", "/", "/", "/usr/bin/true"]))?.code == 0

  @Test(
    "ready, watched, reloaded, refused, stopping: in this order, under the unit's restrictions too",
    arguments: canSandbox ? [false, true] : [false])
  func notifications(isRestricted: Bool) throws {
    let folder = try Program.Folder()
    let socket = try NotifySocket(in: folder)
    let file = try folder.swap(Self.definition, to: "served.yaml")
    let unit = Program.repository + "Systemd/spnd.service"
    let restricted = [
      Program.repository + "Tests/OperationTests/sandbox.py", unit, folder.path, Program.spnd,
    ]
    let daemon = try Running(
      isRestricted ? "/usr/bin/python3" : Program.spnd,
      (isRestricted ? restricted : []) + ["run", file],
      environment: [
        "NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "20000000",
        "STATE_DIRECTORY": "\(folder.path)/state",
      ])
    let ready = try #require(socket.wait(for: "READY=1"))
    let started = socket.messages.count
    #expect(ready.contains("STATUS=1 partitions, 0 streams"))
    #expect(socket.wait(for: "WATCHDOG=1") != nil)

    let changed = Self.definition.replacing("per week", with: "per day")
    _ = try folder.swap(changed, to: "served.yaml")
    daemon.signal(SIGHUP)
    let reloading = try #require(socket.wait(for: "RELOADING=1"))
    #expect(reloading.contains("MONOTONIC_USEC="))
    #expect(socket.wait(for: "READY=1\nSTATUS=the new definition is in force") != nil)

    // By another file of the same name, as editors do.
    _ = try folder.write(changed.replacing("budget: 1", with: "budget: none"), to: "served.yaml")
    daemon.signal(SIGHUP)
    #expect(socket.wait(for: "READY=1\nSTATUS=the new definition was refused") != nil)

    _ = try folder.write(changed.replacing("topics: [in]", with: "topics: [on]"), to: "served.yaml")
    daemon.signal(SIGHUP)
    #expect(socket.wait(for: "READY=1\nSTATUS=the new definition was refused") != nil)
    #expect(daemon.wait(for: "a restart is needed to change input"))

    #expect(daemon.stop() == 0)
    #expect(socket.wait(for: "STOPPING=1") != nil)
    #expect(socket.messages.first?.hasPrefix("EXTEND_TIMEOUT_USEC=") == true)
    #expect(!socket.messages.dropFirst(started).contains { $0.hasPrefix("EXTEND") })
  }

  @Test("where others can reach it, only who has the token is answered, and only over TLS")
  func encrypted() throws {
    let folder = try Program.Folder()
    let (certificate, key) = ("\(folder.path)/certificate.pem", "\(folder.path)/key.pem")
    try makeCertificate(certificate, key: key)
    let token = try folder.write("0123456789abcdef\n", to: "token")
    let open = Self.definition.replacing("127.0.0.1:0", with: "0.0.0.0:0")
    let bare = try folder.write(open, to: "bare.yaml")
    #expect(try Program.run(Program.spnd, ["check", bare]).code == 78)
    let keys = "token-file: \(token), certificate-file: \(certificate), key-file: \(key)"
    let file = try folder.write(
      open.replacing("0.0.0.0:0\"", with: "0.0.0.0:0\", \(keys)"), to: "served.yaml")
    let daemon = try Running(
      Program.spnd, ["run", file], environment: ["STATE_DIRECTORY": "\(folder.path)/state"])
    #expect(daemon.wait(for: "serves https://0.0.0.0:"))
    let address = try #require(daemon.said.firstMatch(of: /https:\/\/0\.0\.0\.0:([0-9]+)\//))
    let port = try #require(UInt16(address.1))

    func status(_ headers: String, by authority: String = certificate) throws -> String? {
      let lines = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      let reply = try Program.run(
        "/usr/bin/openssl",
        [
          "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", authority,
          "-verify_return_error", "-quiet",
        ], input: "\(lines)\(headers)\r\n")
      return reply.text.firstMatch(of: /HTTP\/1\.1 ([0-9]+)/).map { String($0.1) }
    }
    #expect(try status("") == "401")
    let right = "Authorization: Bearer 0123456789abcdef\r\n"
    #expect(try status(right) == "200")

    let (next, nextKey) = ("\(folder.path)/next.pem", "\(folder.path)/next-key.pem")
    try makeCertificate(next, key: nextKey)
    #expect(try status(right, by: next) == nil)
    // The certificate without its key changes nothing.
    let old = try String(contentsOfFile: certificate, encoding: .utf8)
    _ = try folder.write(String(contentsOfFile: next, encoding: .utf8), to: "certificate.pem")
    daemon.signal(SIGHUP)
    #expect(daemon.wait(for: "nothing was changed: http.listen 0.0.0.0:0: the certificate and key"))
    #expect(try status(right, by: folder.write(old, to: "old.pem")) == "200")
    _ = try folder.write(String(contentsOfFile: nextKey, encoding: .utf8), to: "key.pem")
    daemon.signal(SIGHUP)
    #expect(daemon.wait(for: "serves with the token and certificate that were read anew"))
    #expect(try status(right, by: next) == "200")
    #expect(try status(right, by: "\(folder.path)/old.pem") == nil)
    #expect(Client(port: port).get("/livez")?.status != 200)
    #expect(daemon.stop() == 0)
  }

  /// P29.
  @Test("a state directory has one owner, and who comes second is told and may come again")
  func secondOwner() throws {
    let folder = try Program.Folder()
    let file = try folder.write(Self.definition, to: "served.yaml")
    let state = "\(folder.path)/state"
    let daemon = try Running(Program.spnd, ["run", file], environment: ["STATE_DIRECTORY": state])
    #expect(daemon.wait(for: "runs with"))
    let literal = try folder.write(
      Self.definition.replacing("${STATE_DIRECTORY}", with: state), to: "second.yaml")
    let second = try Program.run(Program.spnd, ["run", literal])
    #expect(second.code == 75)
    #expect(second.text.contains("\(state) belongs to another spnd that is running"))
    let streams = try Program.run(Program.spnd, ["streams", "list", literal])
    #expect(streams.code == 75)
    #expect(streams.text.contains("a daemon runs on \(state)"))
    // However it dies, the next one has the directory.
    daemon.signal(SIGKILL)
    daemon.process.waitUntilExit()
    let next = try Running(Program.spnd, ["run", literal])
    #expect(next.wait(for: "runs with"))
    #expect(next.stop() == 0)
  }

  private func makeCertificate(_ path: String, key: String) throws {
    let made = try Program.run(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", path,
      ])
    #expect(made.code == 0, "\(made.text)")
  }

  @Test("a wrong definition ends with the code that is not started again")
  func wrongDefinition() throws {
    let folder = try Program.Folder()
    let file = try folder.write("pipeline: x\n", to: "wrong.yaml")
    #expect(try Program.run(Program.spnd, ["run", file]).code == 78)
    let unit = try String(
      contentsOfFile: Program.repository + "Systemd/spnd.service", encoding: .utf8)
    #expect(unit.contains("RestartPreventExitStatus=78"))
  }

  @Test("the units are right, and leave little to an intruder", arguments: ["spnd", "spnd@plant"])
  func units(name: String) throws {
    let folder = try Program.Folder()
    let template = name.contains("@") ? "spnd@" : "spnd"
    let unit = try String(
      contentsOfFile: Program.repository + "Systemd/\(template).service", encoding: .utf8)
    let file = try folder.write(
      unit.replacing("/usr/local/bin/spnd", with: Program.spnd), to: "\(name).service")
    let verified = try Program.run("/usr/bin/systemd-analyze", ["verify", file])
    #expect(verified.code == 0)
    #expect(verified.text == "")
    let security = try Program.run(
      "/usr/bin/systemd-analyze", ["security", "--offline=true", "--threshold=12", file])
    #expect(security.code == 0, "\(security.text.suffix(100))")
  }
}

import Client
import Foundation
import Glibc

/// A headless Chromium that is driven over pipes (Chrome DevTools Protocol, one JSON object between
/// zero bytes).
final class Browser {
  /// Addresses that were asked for, and what went wrong on the page.
  private(set) var requests: [String] = []
  private(set) var complaints: [String] = []
  /// The loader of the page that is there.
  private var loader: String?

  private var process: pid_t = 0
  private var commands: Int32 = -1
  private var answers: Int32 = -1
  private var received: [UInt8] = []
  private var lastId = 0
  private var session: String?

  /// How long an answer may take, whatever the page tells of itself meanwhile.
  private static let patience: Duration = .seconds(180)

  struct Failure: Error { let what: String }

  init(profile: String) throws {
    // It may be gone when it is told something.
    _ = signal(SIGPIPE, SIG_IGN)
    try Program.starting.withLock { try start(profile: profile) }
    let target = try call("Target.createTarget", ["url": "about:blank"])["targetId"] as? String
    let attached = try call(
      "Target.attachToTarget", ["targetId": target ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    for domain in ["Runtime", "Log", "Network", "Page"] { _ = try call("\(domain).enable") }
  }

  deinit {
    kill(process, SIGKILL)
    var status: Int32 = 0
    unsafe waitpid(process, &status, 0)
    close(commands)
    close(answers)
  }

  /// Shows a page in a window of this size, in light or dark.
  func show(_ address: String, width: Int, height: Int, isDark: Bool) throws {
    _ = try call(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
    let scheme = ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]
    _ = try call("Emulation.setEmulatedMedia", ["features": [scheme]])
    let begun = try call("Page.navigate", ["url": address])
    guard begun["errorText"] == nil, let wanted = begun["loaderId"] as? String else {
      throw Failure(what: "\(address): \(begun)")
    }
    // What is asked before would be asked of the page before.
    let deadline = ContinuousClock.now + Self.patience
    while loader != wanted { note(try next("Page.frameNavigated", until: deadline)) }
  }

  /// Waits until an expression of the page is true.
  func wait(until expression: String) throws {
    let promise = """
      new Promise((resolve) => {
        const look = () => { try { return \(expression); } catch { return false; } };
        const timer = setInterval(() => {
          if (look()) { clearInterval(timer); resolve(true); }
        }, 50);
      })
      """
    _ = try call("Runtime.evaluate", ["expression": promise, "awaitPromise": true])
  }

  /// The value of an expression of the page, as text.
  func value(_ expression: String) throws -> String {
    let answer = try call("Runtime.evaluate", ["expression": "String(\(expression))"])
    return (answer["result"] as? [String: Any])?["value"] as? String ?? ""
  }

  /// Presses and lets go of a key.
  func press(_ key: String, code: Int) throws {
    for type in ["keyDown", "keyUp"] {
      var parameters: [String: Any] = [
        "type": type, "key": key, "windowsVirtualKeyCode": code,
      ]
      if type == "keyDown", key.count == 1 { parameters["text"] = key }
      _ = try call("Input.dispatchKeyEvent", parameters)
    }
  }

  /// A picture of the window, PNG.
  func screenshot() throws -> Data {
    let data = try call("Page.captureScreenshot")["data"] as? String ?? ""
    return Data(base64Encoded: data) ?? Data()
  }

  // MARK: The protocol

  private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    lastId += 1
    var message: [String: Any] = ["id": lastId, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    let bytes = Array(try JSONSerialization.data(withJSONObject: message)) + [0]
    guard unsafe write(commands, bytes, bytes.count) == bytes.count else {
      throw Failure(what: "\(method): the browser is gone")
    }
    let deadline = ContinuousClock.now + Self.patience
    while true {
      let answer = try next(method, until: deadline)
      guard answer["id"] as? Int == lastId else {
        note(answer)
        continue
      }
      if let error = answer["error"] { throw Failure(what: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  private func next(
    _ method: String, until deadline: ContinuousClock.Instant
  ) throws -> [String: Any] {
    while true {
      if let end = received.firstIndex(of: 0) {
        let data = Data(received[..<end])
        received.removeFirst(end + 1)
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
      }
      var polled = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      let left = (deadline - .now) / .milliseconds(1)
      let milliseconds = Int32(max(0, left.rounded(.up)))
      guard uninterrupted({ unsafe poll(&polled, 1, milliseconds) }) == 1 else {
        throw Failure(what: "\(method): no answer in time; \(complaints)")
      }
      var part = [UInt8](repeating: 0, count: 1 << 16)
      let count = uninterrupted { unsafe read(answers, &part, part.count) }
      guard count > 0 else { throw Failure(what: "\(method): the browser is gone") }
      received += part[..<count]
    }
  }

  private func note(_ event: [String: Any]) {
    let parameters = event["params"] as? [String: Any] ?? [:]
    switch event["method"] as? String {
    case "Page.frameNavigated":
      let frame = parameters["frame"] as? [String: Any] ?? [:]
      if frame["parentId"] == nil { loader = frame["loaderId"] as? String }
    case "Network.requestWillBeSent":
      let request = parameters["request"] as? [String: Any]
      requests.append(request?["url"] as? String ?? "")
    case "Runtime.exceptionThrown": complaints.append("\(parameters)")
    case "Log.entryAdded":
      let entry = parameters["entry"] as? [String: Any] ?? [:]
      // By 503 the daemon asks to come again, where the machine is too busy to answer in time.
      let isBusy = (entry["text"] as? String)?.contains("status of 503") == true
      if entry["level"] as? String == "error", !isBusy { complaints.append("\(entry)") }
    case "Runtime.consoleAPICalled":
      if parameters["type"] as? String == "error" { complaints.append("\(parameters)") }
    default: break
    }
  }

  private func start(profile: String) throws {
    var toBrowser: [Int32] = [0, 0]
    var fromBrowser: [Int32] = [0, 0]
    unsafe pipe(&toBrowser)
    unsafe pipe(&fromBrowser)
    // Our ends are not the browser's, or it would never see the other's end.
    _ = fcntl(toBrowser[1], F_SETFD, FD_CLOEXEC)
    _ = fcntl(fromBrowser[0], F_SETFD, FD_CLOEXEC)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // Through high numbers, so that neither end is closed by the other's coming.
    unsafe posix_spawn_file_actions_adddup2(&actions, toBrowser[0], 103)
    unsafe posix_spawn_file_actions_adddup2(&actions, fromBrowser[1], 104)
    unsafe posix_spawn_file_actions_adddup2(&actions, 103, 3)
    unsafe posix_spawn_file_actions_adddup2(&actions, 104, 4)
    // Else it would keep open what other tests close.
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      guard let descriptor = Int32(name), descriptor > 4 else { continue }
      unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let arguments = [
      "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
      "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=\(profile)", "about:blank",
    ]
    var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    let result = unsafe posix_spawn(
      &process, "/usr/bin/chromium", &actions, nil, &pointers, environ)
    close(toBrowser[0])
    close(fromBrowser[1])
    commands = toBrowser[1]
    answers = fromBrowser[0]
    guard result == 0 else { throw Failure(what: "chromium cannot be started") }
  }
}

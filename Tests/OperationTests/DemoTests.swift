import Client
import Foundation
import Testing

/// The demonstration as people and machines watch it: one run, looked at by Prometheus and by a
/// browser.
@Suite struct DemoTests {
  @Test("its page shows the scripted faults, and Prometheus raises an alert for a drift")
  func watched() throws {
    let folder = try Program.Folder()
    let demo = try Running(
      Program.spnd,
      [
        // Faults come after five days of the plant, which at this rate are 15 seconds; it goes on
        // for as long as a slow machine takes to look at it.
        "demo", "--json", "--seconds", "900", "--sensors", "60", "--rate", "6000", "--pipelines",
        Program.repository + "Pipelines",
      ])
    #expect(demo.wait(for: "the live page is at http://127.0.0.1:"))
    let address = try #require(demo.said.firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+)\//))
    let port = try #require(UInt16(address.1))
    let (prometheus, server) = try startPrometheus(folder, watching: port)
    let browser = try Browser(profile: "\(folder.path)/profile")

    try showFleet(browser, String(address.0))
    try showTroubles(browser)
    try showStream(browser, String(address.0))
    #expect(browser.complaints == [])
    let own = [String(address.0), "data:", "about:"]
    #expect(browser.requests.filter { url in !own.contains { url.hasPrefix($0) } } == [])

    let scraped = try #require(Client(port: port).get("/metrics"))
    let checked = try Program.run("/usr/bin/promtool", ["check", "metrics"], input: scraped.body)
    #expect(checked.code == 0)
    #expect(checked.text == "")
    try expectDriftAlert(server)
    #expect(prometheus.stop() == 0)
    #expect(demo.stop() == 0)
  }

  private func showFleet(_ browser: Browser, _ address: String) throws {
    try browser.show(address, width: 1280, height: 1400, isDark: false)
    let faults = "app.notices.filter((notice) => notice.kind === 'anomaly').length"
    try browser.wait(until: "\(faults) >= 3 && Number(byId('timeline').dataset.marks) >= 3")
    try browser.wait(
      until: "app.history.rate.length >= 3 && byId('health').className.includes('ready')")
    try keep(browser, "fleet-light")
    try browser.show(address, width: 1280, height: 1400, isDark: true)
    try browser.wait(until: "Number(byId('timeline').dataset.marks) >= 3")
    #expect(try browser.value("colour('paper')") == "#12161a")
    try keep(browser, "fleet-dark")
    try browser.show(address, width: 390, height: 1600, isDark: false)
    try browser.wait(until: "Number(byId('timeline').dataset.marks) >= 3 && app.rows.length > 1")
    #expect(try browser.value("document.documentElement.scrollWidth <= 390") == "true")
    try keep(browser, "fleet-narrow")
    // By keyboard alone: the second stream, and back.
    try browser.press("j", code: 74)
    try browser.press("j", code: 74)
    try browser.press("Enter", code: 13)
    try browser.wait(until: "location.hash.startsWith('#/stream/') && streamView.data !== null")
    try browser.press("Escape", code: 27)
    try browser.wait(until: "!byId('fleet').hidden")
    // The address holds the pipeline, so that it can be passed on.
    let machine = "\(address)?again#/?pipeline=demo-machine"
    try browser.show(machine, width: 390, height: 1600, isDark: false)
    try browser.wait(until: "app.rows.length > 1 && app.rows[0].topic === 'demo.machine'")
    #expect(try browser.value("location.hash") == "#/?pipeline=demo-machine")
  }

  /// A demonstration has no troubles, so the page is told of a pipeline that has them all.
  private func showTroubles(_ browser: Browser) throws {
    #expect(try browser.value("byId('troubles').childElementCount") == "0")
    let partition = "{ topic: 'in', partition: 3, lag: 7, restoring: true, restoring_records: 9 }"
    let troubled = """
      { workers: 2, joined: 1, unsavable: 1, stalled_seconds: 61, smeared: 5, dead_letters: 1,
        partitions: [\(partition)] }
      """
    // At once, for the page goes on asking.
    let said = "[...byId('troubles').children].map((item) => item.firstChild.textContent).join(' ')"
    #expect(
      try browser.value("(drawTroubles(\(troubled)), \(said))")
        == "Waits for the disk. Stands still. Joins. Restores. Smeared streams. Dead letters.")
  }

  private func showStream(_ browser: Browser, _ address: String) throws {
    // The machine has anomalies of its own.
    let isOfPlant = "notice.kind === 'anomaly' && notice.pipeline === 'demo-plant'"
    let faulty = "app.notices.findLast((notice) => \(isOfPlant))"
    let path = "'#/stream/' + encodeURIComponent(\(faulty).event.stream)"
    let marks = "Number(byId('chart').dataset.marks)"
    for (name, width, isDark) in [
      ("light", 1280, false), ("dark", 1280, true), ("narrow", 390, false),
    ] {
      try browser.wait(until: "\(faulty) !== undefined")
      let first = try browser.value(path)
      try browser.show("\(address)?\(name)\(first)", width: width, height: 1800, isDark: isDark)
      // A chart begins 512 events ago: an anomaly that is older is left for one that is not.
      let next = "streamView.data !== null && !(\(marks) >= 1) && (location.hash = \(path))"
      try browser.wait(until: "(\(next), \(marks) >= 1 && streamView.attention.length > 20)")
      #expect(try browser.value("document.documentElement.scrollWidth <= \(width)") == "true")
      try keep(browser, "stream-\(name)")
    }
  }

  /// Keeps a picture where `SPND_SCREENSHOTS` says, and sees that it is one.
  private func keep(_ browser: Browser, _ name: String) throws {
    let picture = try browser.screenshot()
    #expect(picture.count > 10_000)
    if let folder = ProcessInfo.processInfo.environment["SPND_SCREENSHOTS"] {
      try picture.write(to: URL(filePath: "\(folder)/\(name).png"))
    }
  }

  /// Starts Prometheus on a port that it picks itself; gives its address, too.
  private func startPrometheus(
    _ folder: Program.Folder, watching port: UInt16
  ) throws -> (Running, server: String) {
    let configuration = try folder.write(
      """
      global: {scrape_interval: 1s, evaluation_interval: 1s}
      rule_files: ["\(Program.repository)Pipelines/alerts/spnd.rules.yaml"]
      scrape_configs:
        - job_name: spnd
          static_configs: [{targets: ["127.0.0.1:\(port)"]}]

      """, to: "prometheus.yaml")
    let prometheus = try Running(
      "/usr/bin/prometheus",
      [
        "--config.file=\(configuration)", "--storage.tsdb.path=\(folder.path)/data",
        "--web.listen-address=127.0.0.1:0",
      ])
    // It says these in any order.
    #expect(prometheus.wait(for: "Server is ready"))
    #expect(prometheus.wait(for: "msg=\"Listening on\""))
    let listening = try #require(
      prometheus.said.firstMatch(of: /msg="Listening on"[^\n]* address=(127\.0\.0\.1:[0-9]+)/))
    return (prometheus, "http://\(listening.1)")
  }

  /// Asks Prometheus itself, which scrapes and evaluates while the browser looks.
  private func expectDriftAlert(_ server: String) throws {
    let query = "ALERTS{alertname=\"SpndDrift\",alertstate=\"firing\",pipeline=\"demo-plant\"}"
    func ask(_ query: String, for answer: String) throws -> Bool {
      let deadline = ContinuousClock.now + .seconds(120)
      while ContinuousClock.now < deadline {
        let told = try Program.run("/usr/bin/promtool", ["query", "instant", server, query])
        if told.code == 0, told.text.contains(answer) { return true }
      }
      return false
    }
    #expect(try ask(query, for: "alertname=\"SpndDrift\""))
    #expect(try ask("up", for: "=> 1 @"))
  }
}

import Glibc
import Pipeline

/// `spnd bench pipeline`: decode, model and encode on one thread, without Kafka.
func runPipelineBench(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  let streams = settings.streams ?? 10_000
  var engine = try memoryEngine(streams: streams)
  var meter = Meter(settings, "pipeline")
  do throws(PipelineError) {
    // Every stream is past its first events before anything counts.
    while engine.counters.received < 20 * Int64(streams) { _ = try engine.step() }
    while meter.isRunning {
      let source = engine.link.sourceNanoseconds
      meter.start()
      _ = try engine.step()
      meter.stop(
        events: MemoryLink.batch, excluding: engine.link.sourceNanoseconds - source)
    }
  } catch {
    throw Failure(error)
  }
  let counters = engine.counters
  precondition(counters.predicted == counters.answered, "an event was not predicted")
  var row = meter.row(bytes: engine.link.resultBytes / Int(counters.predicted))
  row.add("streams", Int(counters.streams))
  row.add("model_bytes_per_stream", Int(counters.modelBytes / max(1, counters.streams)))
  return [row]
}

/// `spnd bench soak`: the same for minutes on end; a process whose memory grows is a failure.
func runSoak(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  var engine = try memoryEngine(streams: settings.streams ?? 10_000)
  let clock = SystemClock()
  let start = clock.monotonicNanoseconds()
  let seconds = settings.minutes * 60
  let progress = ProgressLine(total: seconds, what: "soak", isQuiet: settings.isQuiet)
  var resident: [Int] = []
  var settled = (events: Int64(0), allocations: UInt64(0))
  while true {
    let elapsed = Int((clock.monotonicNanoseconds() - start) / 1_000_000_000)
    do throws(PipelineError) {
      _ = try engine.step()
    } catch {
      throw Failure(error)
    }
    guard elapsed > resident.count else { continue }
    if resident.count == seconds / 10 {
      settled = (engine.counters.received, AllocationCount.own)
    }
    resident.append(ResourceUsage.residentBytes())
    progress.update(elapsed)
    if elapsed >= seconds { break }
  }
  progress.finish("soak")
  return [try soakRow(resident, settled, engine.counters)]
}

/// Compares the memory after the first tenth with that of the last.
private func soakRow(
  _ resident: [Int], _ settled: (events: Int64, allocations: UInt64), _ counters: Counters
) throws(Failure) -> BenchRow {
  let tenth = max(1, resident.count / 10)
  let early = resident[tenth..<min(2 * tenth, resident.count)].max() ?? 0
  let late = resident.suffix(tenth).max() ?? 0
  let events = counters.received - settled.events
  var row = BenchRow()
  row.add("seconds", resident.count)
  row.add("events", Int(counters.received))
  row.add("events_per_second", Double(counters.received) / Double(resident.count))
  row.add("resident_bytes", late)
  row.add("growth_bytes", late - early)
  row.add(
    "allocations_per_event",
    Double(AllocationCount.own - settled.allocations) / Double(max(1, events)))
  guard late - early <= early / 100 else {
    throw Failure(.software, "memory grew by \(late - early) bytes, from \(early)")
  }
  return row
}

private func memoryEngine(streams: Int) throws(Failure) -> Engine<MemoryLink, SystemClock> {
  let definition = try BenchEvents.definition()
  do throws(PipelineError) {
    return try Engine(
      definition: definition, link: MemoryLink(streams: streams), clock: SystemClock(),
      log: .silent)
  } catch {
    throw Failure(error)
  }
}

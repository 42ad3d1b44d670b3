internal import Pipeline

/// How each pipeline fares, as JSON: what the page's fleet view shows.
extension Site {
  /// `/v1/pipelines`.
  var overview: Reply {
    let now = clock.monotonicNanoseconds()
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("time", Int64(clock.millisecondsSince1970()))
    writer.field("version", version)
    writer.field("started", pipelines.first?.started ?? 0)
    writer.key("pipelines")
    writer.beginArray()
    for pipeline in pipelines { Self.write(PipelineState(pipeline, now: now), into: &writer) }
    writer.endArray()
    writer.endObject()
    return .json(writer.copy())
  }

  private static func write(_ state: PipelineState, into writer: inout JSONWriter) {
    let counters = state.counters
    writer.beginObject()
    writer.field("pipeline", state.name)
    writer.field("ready", state.isReady)
    writer.field("stalled_seconds", state.stallSeconds)
    writer.field("workers", state.workers)
    writer.field("joined", state.joined)
    writer.field("unsavable", counters.unsavable)
    writer.field("received", counters.received)
    writer.field("processed", counters.answered)
    writer.field("late", counters.late)
    writer.field("duplicate", counters.duplicate)
    writer.field("dead_letters", counters.deadLettered)
    writer.field("smeared", counters.smeared)
    writer.field("anomalies", counters.anomalies)
    writer.field("drifts", counters.drifts)
    writer.field("commits", counters.commits)
    writer.field("aborts", counters.aborts)
    writer.field("model_bytes", counters.modelBytes)
    writer.key("streams")
    writer.beginObject()
    writer.field("learning", state.census.learning)
    writer.field("steady", state.census.steady)
    writer.field("anomalous", state.census.anomalous)
    writer.endObject()
    writer.key("latency")
    writeBuckets(state.latency, into: &writer)
    writer.field("coverage_target", state.definition.model.interval)
    writer.field("predicted_values", counters.predictedValues)
    writer.field("covered_values", counters.coveredValues)
    writer.field("alarms_allowed", counters.alarmsAllowed)
    writer.field("budget", state.definition.alerts.budget.text)
    writer.key("partitions")
    writer.beginArray()
    for partition in state.partitions {
      writer.beginObject()
      writer.field("topic", state.definition.input.topics[Int(partition.partition.topic)])
      writer.field("partition", Int(partition.partition.partition))
      writer.field("position", partition.position)
      writer.field("lag", partition.lag.map(Double.init) ?? .nan)
      writer.field("restoring", partition.isRestoring)
      writer.field("restoring_records", max(0, partition.speaksFrom - partition.position))
      writer.field("streams", partition.streams)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  /// The buckets' bounds in seconds and their counts, from which a reader takes differences.
  private static func writeBuckets(_ histogram: Histogram, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("bounds")
    writer.beginArray()
    for bound in Histogram.bounds { writer.value(bound) }
    writer.endArray()
    writer.key("counts")
    writer.beginArray()
    for count in histogram.counts { writer.value(count) }
    writer.endArray()
    writer.endObject()
  }
}

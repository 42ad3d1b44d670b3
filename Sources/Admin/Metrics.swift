internal import Pipeline

/// Every metric of a pipeline, in the order in which they are shown.
enum Metrics {
  static let all = records + kafka + models + quality + reloads + series

  private static let records: [Metric] = [
    .count("spnd_records_received", "Records read, those replayed in silence included.") {
      $0.counters.received
    },
    .count("spnd_records_replayed", "Records learned again in silence after a restart.") {
      $0.counters.replayed
    },
    .count("spnd_records_processed", "Records that ended in a committed disposition.") {
      $0.counters.answered
    },
    .count("spnd_records_predicted", "Records that were learned and predicted.") {
      $0.counters.predicted
    },
    .counts("spnd_records_late", "Records older than their stream's last.", by: "action") {
      [("dropped", $0.counters.late)]
    },
    .count("spnd_records_duplicate", "Records that repeated their stream's last.") {
      $0.counters.duplicate
    },
    .counts("spnd_dead_letters", "Records that were no events, by reason.", by: "reason") {
      $0.counters.rejectionCounts
    },
    .counts("spnd_stream_troubles", "Troubles with streams' data that began.", by: "kind") {
      $0.counters.troubleCounts
    },
    .counts(
      "spnd_records_smeared",
      "Events whose stream may lie in several partitions, by the trouble with their key.", by: "key"
    ) { [("missing", $0.counters.keyless), ("changed", $0.counters.rekeyed)] },
    Metric(
      name: "spnd_errors", help: "What went wrong, by what and where.",
      reading: .counter { state in
        [
          ("connection", "receiving", Double(state.link.receivingErrors)),
          ("record", "processing", Double(state.counters.deadLettered)),
          ("connection", "sending", Double(state.link.sendingErrors)),
          ("delivery", "sending", Double(state.link.deliveryFailures)),
          ("storage", "saving", Double(state.counters.saveFailures)),
        ].map { Metric.Sample($2, [("error_type", $0), ("stage", $1)]) }
      }),
    .durations(
      "spnd_record_processing_duration_seconds",
      "Time spent on a record; a batch's time is spread evenly over its records."
    ) { $0.processing },
    .durations(
      "spnd_event_to_output_latency_seconds",
      "Time from a record's Kafka timestamp to the commit of its results."
    ) { $0.latency },
    .partitions(
      "spnd_last_record_processed_timestamp_seconds", "When a record of a partition was last read."
    ) { $0.progress.lastRead.map { Double($0) * 1e-3 } },
    .partitions(
      "spnd_watermark_timestamp_seconds", "Newest event time learned in a partition."
    ) { $0.eventTime > 0 ? Double($0.eventTime) * 1e-9 : nil },
    .gauge("spnd_ready", "Whether the pipeline is ready, 1 or 0.") { $0.isReady ? 1 : 0 },
    .gauge(
      "spnd_stall_duration_seconds", "How long a partition has stood still with records to read."
    ) { $0.stallSeconds },
  ]

  private static let kafka: [Metric] = [
    .partitions("spnd_kafka_consumer_lag", "Offsets of a partition that are not read yet.") {
      $0.lag.map(Double.init)
    },
    .partitions(
      "spnd_kafka_consumer_lag_committed", "Offsets of a partition that are not committed yet."
    ) { partition in
      guard let lag = partition.lag, let committed = partition.committed else { return nil }
      return Double(lag + partition.position - committed)
    },
    .partitions(
      "spnd_state_restore_duration_seconds", "How long a partition took to be restored last."
    ) { $0.progress.restored.map { Double($0) * 1e-9 } },
    .partitions(
      "spnd_state_restore_remaining_records",
      "Offsets of a partition that are to be learned again before it speaks."
    ) { Double(max(0, $0.speaksFrom - $0.position)) },
    .partitions(
      "spnd_state_restore_remaining_models", "Saved models of a partition that are to be loaded."
    ) { Double($0.toLoad) },
    .partitions(
      "spnd_state_replay_records",
      "Offsets of a partition that a restart would learn again, for they are not in saved models."
    ) { partition in partition.watermark.map { Double(max(0, partition.position - $0)) } },
    .gauge("spnd_kafka_assigned_partitions", "Partitions that the group has given.") {
      Double($0.counters.partitions)
    },
    .count("spnd_kafka_assignments", "Rebalances and rewinds that gave partitions.") {
      Int64(clamping: $0.link.assignments)
    },
    .counts("spnd_kafka_rebalances", "What the group decided of partitions.", by: "type") {
      [
        ("assigned", $0.counters.assignments), ("revoked", $0.counters.revocations),
        ("lost", $0.counters.losses),
      ]
    },
    .gauges(
      "spnd_kafka_queue_messages",
      "Messages that were fetched and not read yet, and results that wait for their delivery.",
      by: "stage"
    ) { [("receiving", $0.link.receivingQueue), ("sending", $0.link.sendingQueue)] },
    .count("spnd_kafka_consumed_messages", "Messages taken from the cluster.") {
      Int64(clamping: $0.link.recordsRead)
    },
    .count("spnd_kafka_consumed_bytes", "Bytes of their keys and values.") {
      Int64(clamping: $0.link.bytesRead)
    },
    .count("spnd_kafka_produced_messages", "Messages handed to the producer.") {
      Int64(clamping: $0.link.recordsWritten)
    },
    .count("spnd_kafka_produced_bytes", "Bytes of their keys and values.") {
      Int64(clamping: $0.link.bytesWritten)
    },
    .count("spnd_kafka_delivery_failures", "Messages that the cluster did not take.") {
      Int64(clamping: $0.link.deliveryFailures)
    },
    .counts("spnd_kafka_transactions", "Transactions by their outcome.", by: "result") {
      [("committed", $0.counters.commits), ("aborted", $0.counters.aborts)]
    },
    .durations("spnd_kafka_transaction_duration_seconds", "Time that commits took.") {
      $0.commits
    },
  ]

  private static let models: [Metric] = [
    .gauge("spnd_models_active", "Streams that have a model in memory.") {
      Double($0.counters.streams)
    },
    .gauges("spnd_streams", "Streams by the state that they are in.", by: "state") {
      [
        ("learning", $0.census.learning), ("steady", $0.census.steady),
        ("anomalous", $0.census.anomalous),
      ]
    },
    .count("spnd_models_restored", "Models read from the store.") { $0.counters.restoredStreams },
    .count(
      "spnd_input_partitions_added", "Partitions that input topics were found to have grown by."
    ) { $0.counters.addedPartitions },
    .count("spnd_models_filled", "Models read from changelogs into the store.") {
      $0.counters.filledStreams
    },
    .count("spnd_models_saved", "Models written to the store.") { $0.counters.savedStreams },
    .counts("spnd_models_evicted", "Models sent to the store.", by: "reason") {
      [("memory", $0.counters.evictedStreams)]
    },
    .counts("spnd_model_resets", "Models begun anew.", by: "reason") {
      [("damaged", $0.counters.resetStreams), ("asked", $0.counters.askedResets)]
    },
    .gauge("spnd_state_unsavable_partitions", "Partitions that wait since models cannot be saved.")
    {
      Double($0.counters.unsavable)
    },
    .durations("spnd_checkpoint_duration_seconds", "Time that models took to be saved, by slice.") {
      $0.saves
    },
    .partitions(
      "spnd_checkpoint_last_success_timestamp_seconds", "When models were last saved."
    ) { $0.lastSave.map { Double($0) * 1e-3 } },
    .gauge("spnd_checkpoint_size_bytes", "What saved models take on disk.") {
      $0.disk.map { Double($0.bytes) }
    },
    .gauge("spnd_state_free_bytes", "What the disk of saved models has left.") {
      $0.disk.map { Double($0.freeBytes) }
    },
    .gauge("spnd_model_memory_bytes", "Memory that models take.") {
      Double($0.counters.modelBytes)
    },
    .gauge("spnd_model_memory_limit_bytes", "Memory that models may take.") {
      Double($0.definition.state.memory)
    },
    .gauge(
      "spnd_model_memory_full_workers",
      "Workers whose models fill their share of the memory, so that some wait in the store."
    ) { Double($0.counters.fullMemories) },
    .gauge("spnd_workers", "Threads that share the partitions.") { Double($0.workers) },
  ]

  private static let reloads: [Metric] = [
    Metric(
      name: "spnd_config_info", help: "The definition file in force; always 1.",
      reading: .gauge { [Metric.Sample(1, [("sha256", $0.definition.digest.text)])] }),
    .counts("spnd_config_reloads", "Times that the definition was read anew.", by: "status") {
      [("success", $0.reload.successes), ("failure", $0.reload.failures)]
    },
    .gauge("spnd_config_last_reload_successful", "Whether the last reload was taken, 1 or 0.") {
      $0.reload.isLastSuccessful ? 1 : 0
    },
    .gauge(
      "spnd_config_last_reload_success_timestamp_seconds",
      "When the definition in force was taken."
    ) { Double($0.reload.lastSuccess) * 1e-3 },
  ]

  private static let series: [Metric] = [
    .series("y", "Last value of a stream.") { $0.value },
    .series("yhat", "What was expected of it.") { $0.prediction },
    .series("yhat_lower", "Lower end of its interval.") { $0.lower },
    .series("yhat_upper", "Upper end of its interval.") { $0.upper },
    .series("anomaly_score", "Score of it, 1 at the fixed alarm level.") { $0.score / 0.5 },
  ]

  private static let quality: [Metric] = [
    .counts("spnd_anomalies", "Anomalies opened, by severity.", by: "severity") {
      $0.counters.anomalyCounts
    },
    .counts(
      "spnd_anomalies_suppressed",
      "Values whose evidence was beyond the alarm level and raised no alarm.", by: "reason"
    ) { $0.counters.suppressedCounts },
    .counts("spnd_drift_events", "Drifts by what changed.", by: "type") {
      $0.counters.driftCounts
    },
    .count("spnd_predicted_values", "Values that were predicted with an interval.") {
      $0.counters.predictedValues
    },
    .count("spnd_covered_values", "Predicted values that lay in their interval.") {
      $0.counters.coveredValues
    },
    Metric(
      name: "spnd_interval_coverage_ratio",
      help: "Share of predicted values that lay in their interval since the start.",
      reading: .gauge { state in
        let counters = state.counters
        guard counters.predictedValues > 0 else { return [] }
        return [
          Metric.Sample(
            Double(counters.coveredValues) / Double(counters.predictedValues),
            [("target", "\(state.definition.model.interval)")])
        ]
      }),
    .gauge(
      "spnd_interval_coverage_target_ratio", "Share of values that intervals are to hold."
    ) { $0.definition.model.interval },
    .sum(
      "spnd_forecast_errors", "Errors of predictions, each in half-widths of its interval, to 10."
    ) { $0.counters.forecastErrors },
    .sum(
      "spnd_naive_errors", "The same if each stream's value before had been the prediction."
    ) { $0.counters.naiveErrors },
    .gauge(
      "spnd_forecast_error_ratio",
      "Errors of predictions in those of the value before, since the start; below 1 is better."
    ) { state in
      let naive = state.counters.naiveErrors
      return naive > 0 ? state.counters.forecastErrors / naive : nil
    },
    .sum(
      "spnd_alarms_allowed",
      "Anomalies that the budget allows for the streams' own time that has passed."
    ) { $0.counters.alarmsAllowed },
    .gauge(
      "spnd_false_alarm_budget_used_ratio",
      "Anomalies opened since the start, in those that the budget allows; true ones count too."
    ) { state in
      let allowed = state.counters.alarmsAllowed
      return allowed > 0 ? Double(state.counters.anomalies) / allowed : nil
    },
  ]
}

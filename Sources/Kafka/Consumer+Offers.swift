internal import CRdKafka
internal import Pipeline

#if canImport(Glibc)
  internal import Glibc
#endif

extension Consumer {
  /// What the cluster knows of partitions that the group gave to this member, by topic and
  /// partition.
  ///
  /// Asks again while a coordinator or leader moves, for at most `offerLimit`.
  func offers(
    for partitions: [(topic: String, partition: Int32)]
  ) throws(KafkaError) -> [PartitionOffer] {
    guard !partitions.isEmpty else { return [] }
    let committed = try client.retrying(for: Self.offerLimit) { () throws(KafkaError) in
      try committedOffsets(of: partitions)
    }
    let counts = try partitionCounts(of: partitions)
    var offers: [PartitionOffer] = []
    for entry in committed {
      guard let place = place(of: entry.topic) else { continue }
      let (low, high) = try client.retrying(for: Self.offerLimit) { () throws(KafkaError) in
        try client.watermarks(
          topic: entry.topic, partition: entry.partition, timeout: requestTimeout)
      }
      var offer = PartitionOffer(
        partition: TopicPartition(topic: place, partition: entry.partition),
        committed: entry.offset >= 0 ? entry.offset : nil,
        metadata: entry.offset >= 0 ? entry.metadata : "", logStart: low, logEnd: high,
        partitionCount: counts[entry.topic])
      if offer.committed == nil, let bootstrap {
        let first = try firstOffset(of: entry.topic, entry.partition, since: bootstrap) ?? high
        offer.bootstrap = .init(first: first, speaks: high)
      }
      offers.append(offer)
    }
    return offers.sorted {
      ($0.partition.topic, $0.partition.partition) < ($1.partition.topic, $1.partition.partition)
    }
  }

  /// How many partitions these partitions' topics have now.
  private func partitionCounts(
    of partitions: [(topic: String, partition: Int32)]
  ) throws(KafkaError) -> [String: Int32] {
    var counts: [String: Int32] = [:]
    for topic in topics where partitions.contains(where: { $0.topic == topic }) {
      counts[topic] = try client.retrying(for: Self.offerLimit) { () throws(KafkaError) in
        try client.partitionCount(of: topic, timeout: requestTimeout)
      }
    }
    return counts
  }

  /// The offset of the first record whose timestamp lies at most so far back; nil where there is
  /// none.
  private func firstOffset(
    of topic: String, _ partition: Int32, since age: Duration
  ) throws(KafkaError) -> Int64? {
    let time = Int64(time(nil)) * 1000 - Int64(age / .milliseconds(1))
    let entry = try client.retrying(for: Self.offerLimit) { () throws(KafkaError) in
      let list = PartitionList()
      list.add(topic: topic, partition: partition, offset: max(0, time))
      let response = unsafe rd_kafka_offsets_for_times(
        client.pointer, list.pointer, requestTimeout.milliseconds)
      let entry = list.entry(at: 0)
      let subject = "offsets of topic \(topic) partition \(partition)"
      if let error = KafkaError(response, subject) ?? KafkaError(entry.response, subject) {
        throw error
      }
      return entry
    }
    return entry.offset >= 0 ? entry.offset : nil
  }

  /// The group's committed offsets and the texts committed with them.
  private func committedOffsets(
    of partitions: [(topic: String, partition: Int32)]
  ) throws(KafkaError) -> [PartitionList.Entry] {
    let list = PartitionList()
    for (topic, partition) in partitions { list.add(topic: topic, partition: partition) }
    let response = unsafe rd_kafka_committed(
      client.pointer, list.pointer, requestTimeout.milliseconds)
    if let error = KafkaError(response, "committed offsets") { throw error }
    let entries = (0..<list.count).map { list.entry(at: $0) }
    for entry in entries {
      let subject = "committed offset of topic \(entry.topic) partition \(entry.partition)"
      if let error = KafkaError(entry.response, subject) { throw error }
    }
    return entries
  }

  /// The offsets from `position` to the end of a partition's log, as the last fetch told it; nil
  /// before the first.
  func lag(of partition: TopicPartition, from position: Int64) -> Int64? {
    var low: Int64 = 0
    var high: Int64 = 0
    let response = unsafe rd_kafka_get_watermark_offsets(
      client.pointer, topics[Int(partition.topic)], partition.partition, &low, &high)
    guard response == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 else { return nil }
    // The end of a log may be a transaction's marker, which no record's offset reaches.
    return max(0, high - max(position, ends[partition] ?? 0))
  }

  /// Records between where reading stands and the ends of the logs, over all partitions being read.
  ///
  /// Costs no request: the ends are those that the last fetches told.
  func lag() -> Int64 {
    guard !assignment.isEmpty else { return 0 }
    let list = PartitionList()
    for start in assignment {
      list.add(
        topic: topics[Int(start.partition.topic)], partition: start.partition.partition)
    }
    unsafe rd_kafka_position(client.pointer, list.pointer)
    var lag: Int64 = 0
    for index in 0..<list.count {
      let entry = list.entry(at: index)
      let start = assignment[index]
      // The end of a log may be a transaction's marker, which no record's offset reaches.
      let position = max(entry.offset, start.offset, ends[start.partition] ?? 0)
      var low: Int64 = 0
      var high: Int64 = 0
      unsafe rd_kafka_get_watermark_offsets(
        client.pointer, entry.topic, entry.partition, &low, &high)
      lag += max(0, high - position)
    }
    return lag
  }
}

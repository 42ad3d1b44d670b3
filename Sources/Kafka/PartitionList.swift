internal import CRdKafka

#if canImport(Glibc)
  internal import Glibc
#endif

/// A partition list that we own until librdkafka copies it.
@safe package struct PartitionList: ~Copyable {
  /// The list in C's terms, for the length of a call.
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  package init() {
    unsafe pointer = rd_kafka_topic_partition_list_new(8)
  }

  /// Takes over a list that a call returned.
  init(taking pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
    unsafe self.pointer = pointer
  }

  deinit { unsafe rd_kafka_topic_partition_list_destroy(pointer) }

  /// The number of entries.
  var count: Int { unsafe Int(pointer.pointee.cnt) }

  /// Adds an entry; a partition of −1 stands for the whole topic.
  func add(topic: String, partition: Int32, offset: Int64? = nil, metadata: String = "") {
    let entry = unsafe rd_kafka_topic_partition_list_add(pointer, topic, partition)
    guard let entry = unsafe entry else { return }
    if let offset { unsafe entry.pointee.offset = offset }
    guard !metadata.isEmpty else { return }
    var text = metadata
    text.withUTF8 { bytes in
      // The list frees its entries' metadata with free().
      guard let source = bytes.baseAddress, let copy = unsafe malloc(bytes.count) else { return }
      unsafe memcpy(copy, source, bytes.count)
      unsafe entry.pointee.metadata = copy
      unsafe entry.pointee.metadata_size = bytes.count
    }
  }

  /// What an entry says.
  struct Entry {
    var topic: String
    var partition: Int32
    var offset: Int64
    var metadata: String
    var response: rd_kafka_resp_err_t
  }

  /// The entry at `index`, copied.
  func entry(at index: Int) -> Entry {
    precondition(index >= 0 && index < count)
    return unsafe Self.entry(pointer.pointee.elems[index])
  }

  /// The entries of a list that is librdkafka's own.
  static func entries(
    of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
  ) -> [Entry] {
    guard let list = unsafe list else { return [] }
    return unsafe (0..<Int(list.pointee.cnt)).map { unsafe entry(list.pointee.elems[$0]) }
  }

  private static func entry(_ element: rd_kafka_topic_partition_t) -> Entry {
    let metadata = unsafe UnsafeRawBufferPointer(
      start: element.metadata, count: element.metadata == nil ? 0 : element.metadata_size)
    return unsafe Entry(
      topic: String(cString: element.topic), partition: element.partition, offset: element.offset,
      metadata: String(decoding: metadata, as: UTF8.self), response: element.err)
  }
}

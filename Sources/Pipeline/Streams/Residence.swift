/// Who leaves memory first: S3-FIFO (Yang et al., "FIFO queues are all you need for cache
/// eviction", SOSP 2023).
///
/// A new stream is on probation until it returns. Those on probation leave first as long as they
/// are more than a tenth, so that a flood of streams that come once does not push out those that
/// return.
struct Residence {
  private var probation = Queue<UInt32>()
  private var settled = Queue<UInt32>()

  /// Takes a new stream in.
  mutating func admit(_ stream: UInt32) { probation.append(stream) }

  /// The next to leave; those that were used since they were last looked at stay.
  ///
  /// - Parameter wasUsed: whether a stream was used, which is then forgotten.
  mutating func takeVictim(wasUsed: (UInt32) -> Bool) -> UInt32? {
    while probation.count + settled.count > 0 {
      if probation.count * 10 > probation.count + settled.count {
        guard let stream = probation.popFirst() else { return nil }
        guard wasUsed(stream) else { return stream }
        settled.append(stream)
      } else {
        guard let stream = settled.popFirst() else { return nil }
        guard wasUsed(stream) else { return stream }
        settled.append(stream)
      }
    }
    return nil
  }

  /// Takes back a victim that stays after all.
  mutating func readmit(_ stream: UInt32) { settled.append(stream) }
}

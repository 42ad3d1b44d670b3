import Pipeline
import SPN

/// `spnd bench decode`: JSON events to a stream's name, a time and a number.
func runDecodeBench(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  let input = try BenchEvents.definition().input
  do throws(PipelineError) {
    var decoder = try Decoder(DecoderSettings(input))
    var link = MemoryLink(streams: settings.streams ?? 10_000)
    link.assign([])
    var meter = Meter(settings, "decode")
    while meter.isRunning {
      _ = link.poll(timeout: .zero)
      meter.start()
      for index in 0..<MemoryLink.batch {
        let rejection = decoder.decode(link.record(at: index))
        precondition(rejection == nil, "an event of the benchmark's own is refused")
      }
      meter.stop(events: MemoryLink.batch)
    }
    return [meter.row(bytes: BenchEvents.byteCount)]
  } catch {
    throw Failure(error)
  }
}

/// `spnd bench encode`: what the network says of an event to a prediction's JSON.
func runEncodeBench(_ settings: BenchSettings) throws(Failure) -> [BenchRow] {
  let definition = try BenchEvents.definition()
  let network = Network(channels: 1)
  let layout = StreamLayout(network: network, channels: 1)
  var table = StreamTable(pool: BlockPool(blockByteCount: layout.byteCount))
  let name = Array("plant-07/sensor-1000000".utf8)
  let block = unsafe StreamBlock(
    table.block(of: table.stream(for: name.span).stream), layout: layout)
  var model = unsafe StreamModel(network, borrowing: block.model)
  var encoder = ResultEncoder(definition)
  var link = MemoryLink(streams: 1)
  link.assign([])
  let events = BenchEvents(streams: 1)
  var outcomes = [Outcome()]
  var bytes = 0
  var meter = Meter(settings, "encode")
  var time = ModelTime(nanoseconds: 1_700_000_000_000_000_000)
  while meter.isRunning {
    _ = link.poll(timeout: .zero)
    let before = link.resultBytes
    do throws(PipelineError) {
      meter.start()
      for index in 0..<MemoryLink.batch {
        encoder.begin(link.record(at: index))
        try encoder.writePrediction(
          outcomes, block, model, stream: name.span, time: time, into: &link)
      }
      meter.stop(events: MemoryLink.batch)
    } catch {
      throw Failure(error)
    }
    bytes = (link.resultBytes - before) / MemoryLink.batch
    link.commit([])
    // Another event, so that not the same digits are written every time.
    time.nanoseconds += 1_001_000_000
    let values = [events.number(stream: 0, index: Int(time.nanoseconds / 1_001_000_000))]
    var span = outcomes.mutableSpan
    model.observe(values.span, at: time, into: &span)
  }
  return [meter.row(bytes: bytes)]
}

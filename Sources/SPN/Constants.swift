/// Every constant of the network, with its unit and its reason, in the order of the specification.
enum Constants {
  // MARK: Shape

  /// Steps into the past that are inputs as they are.
  static let stepCount = 6
  /// The bias input's place.
  static let biasInput = 10
  /// The first of two inputs of lag slot 0.
  static let lagInput = 11
  /// The first of three inputs from the clock memory.
  static let clockInput = 17
  /// The first of eight hidden units.
  static let hiddenInput = 20
  /// The first of four messages from other channels.
  static let messageInput = 28
  /// Inputs of a neuron.
  static let inputCount = 32
  /// Lag synapses that a stream can grow.
  static let lagSlotCount = 3
  /// Regimes that a stream can remember.
  static let regimeCount = 6
  /// Events that the lag history remembers; a power of two.
  static let historyCount = 512

  // MARK: Bounds

  /// Inputs and levels, in step scales: one outlier must not own the inverse covariance.
  static let inputMax: Float = 20
  /// Any difference in step scales: keeps products finite in Float.
  static let ratioMax: Float = 1e9
  /// Observed values: leaves Float eight decades of room.
  static let valueMax = 1e30
  /// Predictions and remembered values relative to the anchor.
  static let relativeMax: Float = 4e30
  /// A neuron's output, in the largest recent step.
  static let outputMax: Float = 1.5

  // MARK: Normaliser

  /// The time scales of the four levels, in events.
  static var levelRates: SIMD4<Float> { SIMD4(1 / 4, 1 / 16, 1 / 64, 1 / 256) }
  /// The slowest rate of the step scale, per event.
  static let scaleRate: Float = 1 / 200
  /// The step scale's floor as a share of the value: 4,500 units in a Double's last place.
  static let scaleFloor: Float = 1e-12
  /// The step scale's floor in any unit, above Float's subnormal numbers.
  static let scaleMin: Float = 1e-30
  /// Values further from the anchor than this many step scales move the anchor; Float then still
  /// resolves 1/4096 of a step.
  static let anchorReach: Float = 4096
  /// Events between two moves of the anchor.
  static let anchorPeriod: Float = 64
  /// Outliers beyond this many times the largest usual residual are put in quarantine.
  static let outlierQuantiles: Float = 3
  /// …and beyond this many step scales…
  static let outlierScales: Float = 8
  /// …unless more than this share of them turned out to be jumps…
  static let jumpShare: Float = 0.8
  /// …in a mean of this rate, per outlier: some sixteen jumps in a row.
  static let jumpRate: Float = 0.1
  /// Outliers beyond this many times the largest usual residual and step always are, in young
  /// streams only they.
  static let grossFactor: Float = 1000
  /// How far an unconfirmed outlier may pull the prediction, in spreads of the 64-event level.
  static let outlierReach: Float = 100

  // MARK: Plasticity

  /// The slow neuron's rate, per event.
  static let slowRate: Float = 3e-4
  /// The natural logarithm of the plastic neuron's first rate, 0.01.
  static let plasticLogRate: Float = -4.605_170_2
  /// The bounds of that logarithm.
  static let plasticLogRateBounds: (lower: Float, upper: Float) = (-7, -2.5)
  /// How fast the rate itself is learned.
  static let metaRate: Float = 0.1
  /// The meta-plastic trace's decay, per event.
  static let metaDecay: Float = 0.999
  /// Errors beyond this many mean errors count as this many (Huber).
  static let huber: Float = 1
  /// The inverse covariance's slowest and fastest forgetting, per event.
  static let forgetting: (slow: Float, fast: Float) = (0.002, 0.02)
  /// The ridge that the inverse covariance leaks towards.
  static let ridge: Float = 0.003
  /// The largest diagonal element of the inverse covariance.
  static let covarianceMax: Float = 1e4
  /// The slow neuron's age, in events, after a drift.
  static let reopenedAge: Float = 10

  // MARK: Attention

  /// The learning rate of the attention's weights.
  static let attentionRate: Float = 0.3
  /// The share of weight that is spread over all experts at every event, so that each can come
  /// back.
  static let attentionShare: Float = 0.0015
  /// A remembered regime's part of that share, in parts of another expert.
  static let regimePart: Float = 4
  /// Weights below this many equal parts of the share count as zero.
  static let attentionFloor: Float = 2
  /// The rate of the experts' recent loss, per event.
  static let expertLossRate: Float = 0.06

  /// Blocks as long as its horizon after which what a gate has won counts for 1/e.
  static let trustBlocks: Float = 100
  /// A gate is not believed below this many standard errors of what it won, and wholly at one more.
  static let trustErrors: Float = 1.5
  /// The step of the horizons' stretched intervals, per miss.
  static let stretchRate: Float = 0.03

  // MARK: Interval

  /// The rates of the three interval experts' scales, per event.
  static var intervalRates: SIMD4<Float> { SIMD4(1 / 8, 1 / 40, 1 / 300, 1) }
  /// The step of the conformal quantiles, in widths.
  static let conformalRate: Float = 0.02
  /// The first quantile for 95 %, in mean absolute residuals.
  static let firstQuantile: Float = 2.5

  // MARK: Neuromodulation

  /// A CUSUM above this is a drift: a log likelihood, in nats.
  static let cusumAlarm: Float = 12.5
  /// What a normal score must exceed to count: half of a shift that is worth finding.
  static let cusumSlack: Float = 0.5
  /// The same of shifts that should be found soon.
  static let largeSlack: Float = 1
  /// What the slow neuron's excess loss must exceed, beyond what is usual, to count…
  static let staleSlack: Float = 0.08
  /// …and how much it then counts, beside normal scores.
  static let staleGain: Float = 1.25
  /// The rate of the usual excess loss, per event.
  static let staleRate: Float = 0.004
  /// Events for which the slow neuron may lag behind a synapse that has just grown…
  static let growthLesson: Float = 200
  /// …and its age then, at most: the synapse is learned at 1/age.
  static let growthAge: Float = 60
  /// A level this many typical distances from the long one is a drift.
  static let levelAlarm: Float = 7
  /// The short level's rate, per event.
  static let shortLevelRate: Float = 1 / 16
  /// The long level's rate, per event.
  static let longLevelRate: Float = 1 / 300
  /// What an alarm of the level adds to the usual distance, as a factor.
  static let levelLesson: Float = 1.5
  /// A ramp is this many deviations of the short mean's noise.
  static let rampAlarm: Float = 3.85
  /// The rate of the mean that it leaves, per event.
  static let rampLongRate: Float = 1 / 1000
  /// How much more than its noise a level wanders by chance, as a factor.
  static let rampGrowth: Float = 1.5
  /// The rate of the noise that a ramp is judged by, per event…
  static let rampRecentRate: Float = 1 / 400
  /// …and of what tells noise from wandering.
  static let rampNoiseRate: Float = 1 / 4000
  /// The part of an alarm's distance beyond which the wandering is not learned.
  static let rampLesson: Float = 0.7
  /// A level that differs from a mean of 256 events by less than this much noise is at rest.
  static let rampRest: Float = 0.5
  /// Events of learning at which the noise is half believed.
  static let rampDoubt: Float = 100
  /// The rate of the residuals' level that hours share, per event.
  static let hourLevelRate: Float = 1 / 100
  /// The slowest rate of an hour's share, per visit.
  static let hourRate: Float = 0.05
  /// What sampling explains of a share: two standard errors of a mean of one size, whose deviation
  /// is three quarters of it.
  static let hourDoubt: Float = 1.5
  /// Events without a further alarm.
  static let alarmPause: Float = 60
  /// Residuals below this part of the step scale are the rounding of a noise-free stream: no drift
  /// is announced there.
  static let noiseFreeShare: Float = 0.05
  /// Events before a stream's runs of equal values are judged.
  static let flatWarmup: Float = 200
  /// The shortest run of equal values that can be a stuck sensor.
  static let flatRunMin: Float = 20
  /// How unlikely a run must be, as a negative natural logarithm.
  static let flatSurprise: Float = 25

  // MARK: Regimes and lags

  /// A remembered regime must lose less than this part of what the neurons lose.
  static let recallShare: Float = 0.7
  /// Values a period apart differ by less than this part of their distance from the level where a
  /// regime is seasonal; without a season it would be √2.
  static let seasonalShare: Float = 1
  /// A residual beyond this many times the largest usual one is inexplicable in a regime.
  static let returnResidual: Float = 1.5
  /// Events of consolidation that make weights worth keeping.
  static let archiveAge: Float = 150
  /// How much shorter the longest run counts with every further run, so that it is forgotten.
  static let flatForgetting: Float = 1 / 2000
  /// The evidence of a run of equal values, per nat of its improbability beyond the number of runs
  /// seen: what is announced as a stuck sensor is also an anomaly.
  static let flatShare = 0.1
  /// The slowest rate of residual correlations, per event.
  static let correlationRate: Float = 0.002
  /// How many standard errors a correlation must have to grow a synapse.
  static let growthThreshold: Float = 6
  /// A lag synapse of less use than this may be replaced.
  static let pruneUtility: Float = 0.02
  /// Events before a lag synapse may be replaced.
  static let pruneAge: Float = 300
  /// The inverse covariance of a fresh synapse: high plasticity.
  static let freshCovariance: Float = 20

  /// How many standard errors a neighbour's surprises must foretell to be listened to.
  static let messageThreshold: Float = 4

  /// Changes that an exactly repeated episode must have foretold to be believed alone.
  static let episodeChanges: Int32 = 4
  /// Vain searches for an episode after which only every eighth event is searched from.
  static let episodePatience: Int32 = 256
  /// Events over which episodes are compared.
  static let episodeMax = 256

  // MARK: Clock memory

  /// The slowest rate of the steps of a day's slot, per visit.
  static let dayRate: Float = 0.05
  /// The slowest rate of the steps of a week's slot, per visit.
  static let weekRate: Float = 0.1

  // MARK: Anomaly evidence

  /// The evidence that is an alarm; the score's half point.
  static let evidenceAlarm = 2.35
  /// The kernel's width, in a channel's own spread.
  static let noveltyWidth = 0.02
  /// Places that a novelty memory has.
  static let noveltyPlaces = 64
  /// Seconds after which a visit counts for 1/e, a month: how long ago is "not lately" must not
  /// depend on the sampling rate…
  static let noveltySeconds = 30 * 86_400.0
  /// …within these numbers of events: 64 places need some visits each, and a memory must end.
  static let noveltyEvents = 1500.0...20_000.0
  /// How much less a visit counts per nat of its novelty: one anomaly must not make the next one
  /// normal.
  static let noveltyDistrust = 1.5
  /// The slow statistics' memory, in events.
  static let slowEvents = 4000.0
  /// The fast trace's memory, in events.
  static let traceEvents = 4.0
  /// The memory of lasting residuals, in events: the usual one of such control charts.
  static let lastingEvents = 5.0
  /// The slowest rate of a context's level, per visit of its slot.
  static let contextRate = 0.3
  /// Where values are cut for learning, in mean deviations.
  static let winsorLimit = 3.0
  /// The slowest rate of the expectations' errors, per event.
  static let contextErrorRate = 0.01
  /// The part of magnitude in the evidence.
  static let magnitudeShare = 0.7
  /// The rate prior: evidence taken away per e-fold of events an hour.
  static let ratePrior = 0.7
  /// How much tonic surprise divides the evidence.
  static let tonicShare = 0.6
  /// The tonic surprise's memory, in events.
  static let tonicEvents = 1000.0
  /// Events before which there is no evidence.
  static let evidenceWarmup: Int64 = 20
  /// Events before which the novelty memories do not learn.
  static let noveltyWarmup: Int64 = 5
}

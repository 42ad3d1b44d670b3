/// A series of one channel and the windows in which an anomaly is to be found.
package struct LabelledSeries: Sendable {
  /// The folder that the series is in: its kind.
  package var category: String
  package var series: Series
  /// First and last event of each window, in order.
  package var windows: [ClosedRange<Int>]
  /// Its file, where it came from one.
  package var file: SeriesFile?

  package init(
    category: String, series: Series, windows: [ClosedRange<Int>], file: SeriesFile? = nil
  ) {
    self.category = category
    self.series = series
    self.windows = windows
    self.file = file
  }

  /// The part of the category's name before its first `_`: the collection it is from.
  package var collection: String {
    category.contains("_") ? String(category.prefix { $0 != "_" }) : category
  }
}

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/// Lets the mock cluster's groups form after `milliseconds`; the preprocessor must decide, since
/// librdkafka before 2.8 may lack the call and always takes three seconds.
static inline void spnd_mock_group_delay(rd_kafka_mock_cluster_t *cluster, int32_t milliseconds) {
#if RD_KAFKA_VERSION >= 0x020800ff
  rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, milliseconds);
#else
  (void)cluster;
  (void)milliseconds;
#endif
}

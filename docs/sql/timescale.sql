-- NOT TRIED. For PostgreSQL with the extension TimescaleDB, after the bridge has made its tables.
-- The keys of the tables hold the time, as TimescaleDB demands of a unique index. Numbers and queries stay the same.
-- Stop the bridge first: the tables are locked while their rows are moved.

CREATE EXTENSION IF NOT EXISTS timescaledb;

SELECT create_hypertable('samples', 'time', chunk_time_interval => INTERVAL '7 days', migrate_data => true);
SELECT create_hypertable('hours', 'start', chunk_time_interval => INTERVAL '90 days', migrate_data => true);

-- Compresses what is older than a month. A sample that comes that late is then slower to write.
ALTER TABLE samples SET (
  timescaledb.compress,
  timescaledb.compress_segmentby = 'serial',
  timescaledb.compress_orderby = 'time'
);
SELECT add_compression_policy('samples', INTERVAL '30 days');

-- Let the bridge delete old samples, not a retention policy: the bridge remembers up to when it did.

-- What the application itself keeps: settings, files, units, its own telemetry.

CREATE TABLE app.settings (
  organization_id uuid REFERENCES org.organizations,
  key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9.-]*$'),
  value jsonb NOT NULL,
  description text,
  is_sensitive boolean NOT NULL DEFAULT false,
  UNIQUE NULLS NOT DISTINCT (organization_id, key)
);
COMMENT ON TABLE app.settings IS 'Settings of one organization, or (organization NULL) of the database as a whole. The type of a value is that of its JSON.';
COMMENT ON COLUMN app.settings.is_sensitive IS 'Read by administrators only.';

CREATE TABLE app.units (
  code text PRIMARY KEY CHECK (code ~ '^[A-Z0-9]{1,3}$'),
  symbol text NOT NULL UNIQUE CHECK (symbol <> ''),
  name text NOT NULL,
  quantity text NOT NULL CHECK (quantity <> ''),
  base_code text REFERENCES app.units,
  factor numeric CHECK (factor > 0),
  offset_value numeric NOT NULL DEFAULT 0,
  CHECK ((base_code IS NULL) = (factor IS NULL))
);
COMMENT ON TABLE app.units IS 'Units of measure by their UNECE Recommendation 20 code; columns named unit elsewhere hold the symbol.';
COMMENT ON COLUMN app.units.quantity IS 'What it measures: mass, length, temperature, ...';
COMMENT ON COLUMN app.units.factor IS 'Value in the base unit = value * factor + offset_value; NULL for a base unit.';
INSERT INTO app.units (code, symbol, name, quantity, base_code, factor, offset_value) VALUES
  ('C62', 'pcs', 'piece', 'count', NULL, NULL, 0),
  ('KGM', 'kg', 'kilogram', 'mass', NULL, NULL, 0),
  ('GRM', 'g', 'gram', 'mass', 'KGM', 0.001, 0),
  ('MGM', 'mg', 'milligram', 'mass', 'KGM', 0.000001, 0),
  ('TNE', 't', 'tonne', 'mass', 'KGM', 1000, 0),
  ('LBR', 'lb', 'pound', 'mass', 'KGM', 0.45359237, 0),
  ('MTR', 'm', 'metre', 'length', NULL, NULL, 0),
  ('MMT', 'mm', 'millimetre', 'length', 'MTR', 0.001, 0),
  ('CMT', 'cm', 'centimetre', 'length', 'MTR', 0.01, 0),
  ('4H', 'µm', 'micrometre', 'length', 'MTR', 0.000001, 0),
  ('INH', 'in', 'inch', 'length', 'MTR', 0.0254, 0),
  ('MTK', 'm²', 'square metre', 'area', NULL, NULL, 0),
  ('MTQ', 'm³', 'cubic metre', 'volume', NULL, NULL, 0),
  ('LTR', 'l', 'litre', 'volume', 'MTQ', 0.001, 0),
  ('MLT', 'ml', 'millilitre', 'volume', 'MTQ', 0.000001, 0),
  ('SEC', 's', 'second', 'time', NULL, NULL, 0),
  ('C26', 'ms', 'millisecond', 'time', 'SEC', 0.001, 0),
  ('MIN', 'min', 'minute', 'time', 'SEC', 60, 0),
  ('HUR', 'h', 'hour', 'time', 'SEC', 3600, 0),
  ('DAY', 'd', 'day', 'time', 'SEC', 86400, 0),
  ('KEL', 'K', 'kelvin', 'temperature', NULL, NULL, 0),
  ('CEL', '°C', 'degree Celsius', 'temperature', 'KEL', 1, 273.15),
  ('FAH', '°F', 'degree Fahrenheit', 'temperature', 'KEL', 0.5555555555555556, 255.3722222222222222),
  ('PAL', 'Pa', 'pascal', 'pressure', NULL, NULL, 0),
  ('BAR', 'bar', 'bar', 'pressure', 'PAL', 100000, 0),
  ('HTZ', 'Hz', 'hertz', 'frequency', NULL, NULL, 0),
  ('RPM', 'rpm', 'revolutions per minute', 'frequency', 'HTZ', 0.0166666666666667, 0),
  ('VLT', 'V', 'volt', 'voltage', NULL, NULL, 0),
  ('AMP', 'A', 'ampere', 'current', NULL, NULL, 0),
  ('WTT', 'W', 'watt', 'power', NULL, NULL, 0),
  ('KWT', 'kW', 'kilowatt', 'power', 'WTT', 1000, 0),
  ('JOU', 'J', 'joule', 'energy', NULL, NULL, 0),
  ('KWH', 'kWh', 'kilowatt hour', 'energy', 'JOU', 3600000, 0),
  ('NEW', 'N', 'newton', 'force', NULL, NULL, 0),
  ('NU', 'Nm', 'newton metre', 'torque', NULL, NULL, 0),
  ('M7Z', 'mm/s', 'millimetre per second', 'velocity', NULL, NULL, 0),
  ('P1', '%', 'percent', 'ratio', NULL, NULL, 0),
  ('59', 'ppm', 'parts per million', 'ratio', 'P1', 0.0001, 0);

CREATE TABLE app.files (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  name text NOT NULL CHECK (name <> '' AND name !~ '[/\\]'),
  media_type text NOT NULL CHECK (media_type ~ '^[a-z]+/[a-z0-9.+-]+$'),
  size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
  content bytea,
  location text,
  subject_kind text,
  subject_id uuid,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, sha256),
  CHECK ((content IS NULL) <> (location IS NULL)),
  CHECK (content IS NULL OR (octet_length(content) = size_bytes AND sha256(content) = sha256)),
  CHECK ((subject_kind IS NULL) = (subject_id IS NULL))
);
COMMENT ON TABLE app.files IS 'Files by what is in them (SHA-256): the same content is kept once an organization.';
COMMENT ON COLUMN app.files.content IS 'The file itself; NULL when it stands in an object store, at location.';
COMMENT ON COLUMN app.files.subject_kind IS 'What it was first added to: ncr_photo, project_document, report, ...';
CREATE INDEX files_subject ON app.files (organization_id, subject_kind, subject_id);
ALTER TABLE app.files ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE UNLOGGED TABLE app.cache (
  organization_id uuid NOT NULL,
  key text NOT NULL CHECK (key <> ''),
  value jsonb NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, key)
);
COMMENT ON TABLE app.cache IS 'Computed values that may be lost with a crash; read where expires_at > now(), swept by app.sweep_cache().';
CREATE INDEX cache_expires ON app.cache (expires_at);

CREATE FUNCTION app.sweep_cache() RETURNS bigint
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH gone AS (DELETE FROM app.cache WHERE expires_at <= now() RETURNING 1) SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION app.sweep_cache() IS 'Removes what has expired; returns how many. Run by the job scheduler.';

CREATE TABLE app.metrics (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  name text NOT NULL CHECK (name <> ''),
  entity_kind text NOT NULL DEFAULT 'system',
  entity_id uuid,
  value double precision NOT NULL,
  unit text,
  tags jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tags) = 'object'),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE app.metrics IS 'Figures about the system itself: queue depths, durations, archived rows.';
CREATE INDEX metrics_at ON app.metrics USING brin (at);
CREATE INDEX metrics_name ON app.metrics (organization_id, name, at DESC);

CREATE TABLE app.events (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  kind text NOT NULL CHECK (kind <> ''),
  source text NOT NULL CHECK (source <> ''),
  level text NOT NULL CHECK (level IN ('info', 'warning', 'error', 'critical')),
  message text NOT NULL,
  entity_kind text,
  entity_id uuid,
  correlation_id uuid,
  request_id text,
  user_id uuid,
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE app.events IS 'What happened in the system, for support; what people did to data stands in audit.log.';
CREATE INDEX events_at ON app.events USING brin (at);
CREATE INDEX events_kind ON app.events (organization_id, kind, at DESC);
CREATE INDEX events_correlation ON app.events (organization_id, correlation_id) WHERE correlation_id IS NOT NULL;

CREATE TABLE app.usage_events (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  kind text NOT NULL CHECK (kind <> ''),
  user_id uuid,
  session_id uuid,
  page text,
  referrer text,
  duration_ms integer CHECK (duration_ms >= 0),
  properties jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(properties) = 'object'),
  context jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(context) = 'object'),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id),
  CHECK (kind <> 'page-view' OR page IS NOT NULL)
) PARTITION BY RANGE (at);
COMMENT ON TABLE app.usage_events IS 'How the product is used, page views among it. Network addresses and browser names are personal data and are not kept.';
CREATE INDEX usage_events_at ON app.usage_events USING brin (at);
CREATE INDEX usage_events_kind ON app.usage_events (organization_id, kind, at DESC);

-- How the server is. What other people run is not shown to a desk: pg_stat_activity hides it from roles without pg_monitor.
CREATE VIEW app.db_health WITH (security_invoker = true) AS
  SELECT 'connections' AS metric, count(*)::double precision AS value,
         current_setting('max_connections')::double precision AS limit_value
    FROM pg_stat_activity WHERE backend_type = 'client backend'
  UNION ALL
  SELECT 'active connections', count(*) FILTER (WHERE state = 'active'), current_setting('max_connections')::double precision
    FROM pg_stat_activity WHERE backend_type = 'client backend'
  UNION ALL
  SELECT 'cache hit ratio', sum(blks_hit)::double precision / nullif(sum(blks_hit + blks_read), 0), 1 FROM pg_stat_database;
COMMENT ON VIEW app.db_health IS 'A figure a row, with the value that is its limit.';

CREATE VIEW app.long_running_queries WITH (security_invoker = true) AS
  SELECT pid, usename AS role, application_name, state, now() - query_start AS running_for, query
    FROM pg_stat_activity
    WHERE state = 'active' AND pid <> pg_backend_pid() AND query_start < now() - interval '5 minutes';
COMMENT ON VIEW app.long_running_queries IS 'Queries that have run for more than five minutes.';

CREATE FUNCTION app.table_stats()
  RETURNS TABLE (table_name text, live_rows bigint, dead_rows bigint, total_bytes bigint, index_bytes bigint,
                 last_vacuum timestamptz, last_analyze timestamptz)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT schemaname || '.' || relname, n_live_tup, n_dead_tup, pg_total_relation_size(relid), pg_indexes_size(relid),
         greatest(last_vacuum, last_autovacuum), greatest(last_analyze, last_autoanalyze)
    FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC
$$;
COMMENT ON FUNCTION app.table_stats() IS 'Rows alive and dead, and bytes, a table; the largest first.';

ALTER TABLE app.settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY read ON app.settings FOR SELECT USING (
  CASE WHEN organization_id IS NULL THEN NOT is_sensitive
       ELSE organization_id = (SELECT identity.current_organization())
            AND (NOT is_sensitive OR (SELECT identity.can('admin:read'))) END);
CREATE POLICY add ON app.settings FOR INSERT
  WITH CHECK (organization_id = (SELECT identity.current_organization()) AND (SELECT identity.can('admin:write')));
CREATE POLICY change ON app.settings FOR UPDATE
  USING (organization_id = (SELECT identity.current_organization()) AND (SELECT identity.can('admin:write')));
GRANT SELECT, INSERT, UPDATE ON app.settings TO lanewright_app;

INSERT INTO app.table_rules (target, scope, plant_column, plant_optional, read_permission, write_permissions, append_only,
                             delete_permissions, stamped, audited, time_column, partition_by, retention) VALUES
  ('app.settings', 'custom', NULL, false, '', '{}', false, '{}', true, true, NULL, NULL, NULL),
  ('app.units', 'shared', NULL, false, '', '{}', false, '{}', false, false, NULL, NULL, NULL),
  ('app.files', 'tenant', NULL, false, '', '{*}', false, '{}', true, true, NULL, NULL, NULL),
  ('app.cache', 'tenant', NULL, false, '', '{*}', false, '{*}', false, false, NULL, NULL, NULL),
  ('app.metrics', 'tenant', NULL, false, 'admin:read', '{*}', true, '{}', false, false, 'at', 'month', '1 year'),
  ('app.events', 'tenant', NULL, false, 'admin:read', '{*}', true, '{}', false, false, 'at', 'month', '90 days'),
  ('app.usage_events', 'tenant', NULL, false, 'admin:read', '{*}', true, '{}', false, false, 'at', 'month', '2 years'),
  ('app.applied_commands', 'tenant', NULL, false, '', '{*}', true, '{}', false, false, NULL, NULL, NULL),
  ('app.changes', 'tenant', 'plant_id', true, '', '{}', true, '{}', false, false, NULL, NULL, NULL),
  ('app.table_rules', 'plumbing', NULL, false, '', '{}', false, '{}', false, false, NULL, NULL, NULL);

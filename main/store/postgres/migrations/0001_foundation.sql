-- Schemas, ids, and the plumbing that every later table leans on.

CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SCHEMA IF NOT EXISTS app;
CREATE SCHEMA org;
CREATE SCHEMA identity;
CREATE SCHEMA material;
CREATE SCHEMA equipment;
CREATE SCHEMA production;
CREATE SCHEMA quality;
CREATE SCHEMA trace;
CREATE SCHEMA logistics;

-- The role that desks and servers act as. It owns nothing, bypasses nothing, and cannot sign in by itself:
-- a central database grants it to the login of each desk, the embedded one to its own.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lanewright_app') THEN
    CREATE ROLE lanewright_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
END
$$;

GRANT USAGE ON SCHEMA app, org, identity, material, equipment, production, quality, trace, logistics TO lanewright_app;

-- UUIDv7 (RFC 9562, 5.7) for rows that the database makes itself; PostgreSQL 18 has its own, 15 to 17 have not.
CREATE FUNCTION app.uuidv7() RETURNS uuid
  LANGUAGE sql VOLATILE PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- Optimistic locking: each update makes a new version, whoever does it.
CREATE FUNCTION app.next_version() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END
$$;

-- A command id stands here in the same transaction as its effect: sent twice, it takes effect once, for ever.
CREATE TABLE app.applied_commands (
  organization_id uuid NOT NULL,
  command_id uuid NOT NULL,
  kind text NOT NULL,
  user_id uuid NOT NULL,
  station_code text,
  captured_at timestamptz NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, command_id)
);
COMMENT ON TABLE app.applied_commands IS 'Idempotency keys of station and desk commands; never pruned, because a station may be offline for long.';
COMMENT ON COLUMN app.applied_commands.captured_at IS 'When the station took the command, by its own clock.';

-- The change feed. A reader remembers pg_snapshot_xmin of its last read and asks for everything from that
-- transaction on, so that a change that commits late, out of order of its number, is not missed.
CREATE TABLE app.changes (
  change_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  organization_id uuid NOT NULL,
  plant_id uuid,
  subject text NOT NULL,
  ids uuid[] NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE app.changes IS 'What changed, a row a statement; kept for seven days. A notification carries only the number.';
COMMENT ON COLUMN app.changes.ids IS 'Ids of the rows, empty when the statement touched more than 200.';
CREATE INDEX changes_txid ON app.changes (txid, change_no);

-- Statement-level: the transition table is grouped by organization and plant, one change row and one notification each.
-- TG_ARGV: subject, id column, 'plant' when the table has plant_id.
CREATE FUNCTION app.record_change() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
  rows_name text := CASE WHEN TG_OP = 'DELETE' THEN 'old_rows' ELSE 'new_rows' END;
  plant text := CASE WHEN TG_ARGV[2] = 'plant' THEN 'plant_id' ELSE 'NULL::uuid' END;
  latest bigint;
BEGIN
  EXECUTE format(
    'WITH made AS (INSERT INTO app.changes (organization_id, plant_id, subject, ids)
       SELECT organization_id, %1$s, %2$L,
              CASE WHEN count(*) > 200 THEN ''{}'' ELSE array_agg(DISTINCT %3$I) END
       FROM %4$I GROUP BY 1, 2 RETURNING change_no)
     SELECT max(change_no) FROM made', plant, TG_ARGV[0], TG_ARGV[1], rows_name) INTO latest;
  IF latest IS NOT NULL THEN
    PERFORM pg_notify('lanewright_changes', latest::text);
  END IF;
  RETURN NULL;
END
$$;

-- Puts the change feed on a table.
CREATE PROCEDURE app.feed_changes(target regclass, subject text, id_column text, scope text)
  LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER changes_on_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION app.record_change(%L, %L, %L)', target, subject, id_column, scope);
  EXECUTE format('CREATE TRIGGER changes_on_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION app.record_change(%L, %L, %L)', target, subject, id_column, scope);
  EXECUTE format('CREATE TRIGGER changes_on_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION app.record_change(%L, %L, %L)', target, subject, id_column, scope);
END
$$;

-- Monthly partitions: three months behind, three ahead, and a default one so that a late or an early row is never lost.
CREATE PROCEDURE app.ensure_partitions(target regclass)
  LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
  name text := (SELECT relname FROM pg_class WHERE oid = target);
  space text := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = target);
  month timestamptz;
BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I.%I PARTITION OF %s DEFAULT', space, name || '_default', target);
  FOR step IN -3..3 LOOP
    month := date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => step);
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
      space, name || '_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'), target, month, month + interval '1 month');
  END LOOP;
END
$$;

-- Settings of the database as a whole, for example that it holds the demo plant.
CREATE TABLE app.settings (
  key text PRIMARY KEY,
  value jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON app.settings TO lanewright_app;

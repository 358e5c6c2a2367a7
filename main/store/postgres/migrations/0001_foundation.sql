-- Schemas, ids, and the plumbing that every later table leans on.

CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA IF NOT EXISTS app;
CREATE SCHEMA org;
CREATE SCHEMA identity;
CREATE SCHEMA material;
CREATE SCHEMA equipment;
CREATE SCHEMA production;
CREATE SCHEMA quality;
CREATE SCHEMA trace;
CREATE SCHEMA logistics;
CREATE SCHEMA project;
CREATE SCHEMA orders;
CREATE SCHEMA planning;
CREATE SCHEMA sharing;
CREATE SCHEMA notify;
CREATE SCHEMA assist;
CREATE SCHEMA integration;
CREATE SCHEMA audit;
CREATE SCHEMA analytics;

-- Functions are doors only where they are opened by name.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;

-- lanewright_app is what desks and servers act as, lanewright_report what reading tools act as. They own nothing, bypass
-- nothing, and cannot sign in by themselves: a central database grants them to its logins, the embedded one to its own.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['lanewright_app', 'lanewright_report'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', name);
    END IF;
  END LOOP;
END
$$;

GRANT USAGE ON SCHEMA app, org, identity, material, equipment, production, quality, trace, logistics, project, orders,
  planning, sharing, notify, assist, integration, audit, analytics TO lanewright_app, lanewright_report;

-- What a table is: who may read and write its rows, what follows a change of them, and how long they are kept. Each
-- context declares its tables in one statement at its end; 0018 makes policies, grants, triggers and partitions of it.
CREATE TABLE app.table_rules (
  target regclass PRIMARY KEY,
  scope text NOT NULL DEFAULT 'tenant' CHECK (scope IN ('tenant', 'shared', 'doors', 'plumbing', 'custom')),
  organization_column text NOT NULL DEFAULT 'organization_id',
  plant_column text,
  plant_optional boolean NOT NULL DEFAULT false,
  station_column text,
  owner_column text,
  read_permission text NOT NULL DEFAULT '',
  write_permissions text[] NOT NULL DEFAULT '{}',
  append_only boolean NOT NULL DEFAULT false,
  delete_permissions text[] NOT NULL DEFAULT '{}',
  delete_when text,
  stamped boolean NOT NULL DEFAULT true,
  audited boolean NOT NULL DEFAULT true,
  feed_subject text,
  feed_id text,
  state_machine text,
  time_column text,
  partition_by text CHECK (partition_by IN ('month', 'day')),
  retention interval CHECK (retention > interval '0'),
  on_expiry text NOT NULL DEFAULT 'drop' CHECK (on_expiry IN ('drop', 'pack')),
  shared_by text,
  CHECK ((feed_subject IS NULL) = (feed_id IS NULL)),
  CHECK (partition_by IS NULL OR time_column IS NOT NULL),
  CHECK (retention IS NULL OR partition_by IS NOT NULL),
  CHECK (NOT (append_only AND state_machine IS NOT NULL))
);
COMMENT ON TABLE app.table_rules IS 'One row a table: the declaration that policies, grants, triggers and partitions are made from (app.apply_table_rules).';
COMMENT ON COLUMN app.table_rules.scope IS 'tenant: rows of one organization. shared: the same for all, read by whoever is signed in. doors: reached through functions alone. plumbing: owner and triggers only. custom: policies stand beside the table.';
COMMENT ON COLUMN app.table_rules.plant_optional IS 'A row without a plant concerns the whole organization.';
COMMENT ON COLUMN app.table_rules.station_column IS 'Code of the station that the row belongs to; NULL in a row: no station in particular.';
COMMENT ON COLUMN app.table_rules.owner_column IS 'The one person who sees the row.';
COMMENT ON COLUMN app.table_rules.write_permissions IS 'Any of these lets insert and update (* = whoever is signed in); none: nobody but the owner and the doors.';
COMMENT ON COLUMN app.table_rules.delete_when IS 'SQL condition that a row must meet besides.';
COMMENT ON COLUMN app.table_rules.stamped IS 'Has version, created_at/by and updated_at/by, kept by app.stamp; not for append-only tables.';
COMMENT ON COLUMN app.table_rules.state_machine IS 'Machine of domain/transitions whose table a trigger enforces on status.';
COMMENT ON COLUMN app.table_rules.retention IS 'Age at which whole partitions go; NULL: kept for ever.';
COMMENT ON COLUMN app.table_rules.shared_by IS 'Scope of a data-room contract under which another organization may read the row.';

-- UUIDv7 (RFC 9562, 5.7) for rows that the database makes itself; PostgreSQL 18 has its own, 15 to 17 have not.
CREATE FUNCTION app.uuidv7() RETURNS uuid
  LANGUAGE sql VOLATILE PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- Optimistic locking and who did it: each update makes a new version, whoever does it. What a client writes into these
-- columns is not believed.
CREATE FUNCTION app.stamp() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.created_by := coalesce(identity.current_user_id(), NEW.created_by);
    NEW.updated_by := NEW.created_by;
  ELSE
    NEW.version := OLD.version + 1;
    NEW.created_at := OLD.created_at;
    NEW.created_by := OLD.created_by;
    NEW.updated_at := clock_timestamp();
    NEW.updated_by := coalesce(identity.current_user_id(), NEW.updated_by);
  END IF;
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
-- TG_ARGV: subject, id column, plant column or ''.
CREATE FUNCTION app.record_change() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rows_name text := CASE WHEN TG_OP = 'DELETE' THEN 'old_rows' ELSE 'new_rows' END;
  plant text := CASE WHEN TG_ARGV[2] = '' THEN 'NULL::uuid' ELSE quote_ident(TG_ARGV[2]) END;
  latest bigint;
BEGIN
  EXECUTE format(
    'WITH made AS (INSERT INTO app.changes (organization_id, plant_id, subject, ids)
       SELECT organization_id, %1$s, %2$L,
              CASE WHEN count(*) > 200 THEN ''{}'' ELSE array_remove(array_agg(DISTINCT %3$I), NULL) END
       FROM %4$I GROUP BY 1, 2 RETURNING change_no)
     SELECT max(change_no) FROM made', plant, TG_ARGV[0], TG_ARGV[1], rows_name) INTO latest;
  IF latest IS NOT NULL THEN
    PERFORM pg_notify('lanewright_changes', latest::text);
  END IF;
  RETURN NULL;
END
$$;

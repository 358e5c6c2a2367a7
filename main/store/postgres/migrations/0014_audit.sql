-- Who changed what, when, from where and why. Statement triggers write a row for each row changed; when a transaction
-- commits, what it wrote is sealed into one batch of its station's hash chain. The chain's head is locked then and not
-- before, so that stations never queue behind each other, a station's own transactions only for the length of a commit,
-- and nobody waits for a business row while holding a head.
--
-- A leaf (audit.log.hash) is SHA-256 over the lines of one row; a batch's digest is SHA-256 over the leaves in the order of
-- their ids; a batch's hash is SHA-256 over the hash before it and the lines of the batch. main/audit/canonical.ts computes
-- the same outside of the database.

CREATE SEQUENCE audit.log_id;

CREATE TABLE audit.log (
  organization_id uuid NOT NULL,
  at timestamptz NOT NULL,
  id bigint NOT NULL DEFAULT nextval('audit.log_id'),
  plant_id uuid,
  target text NOT NULL,
  record_id uuid,
  row_id jsonb NOT NULL,
  verb text NOT NULL CHECK (verb IN ('insert', 'update', 'delete', 'truncate', 'view', 'download', 'export')),
  before json,
  after json,
  person_id uuid,
  station_code text,
  session_id uuid,
  db_user text NOT NULL,
  reason text,
  command_id text,
  txid xid8 NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (organization_id, at, id)
) PARTITION BY RANGE (at);
-- What became of one record. Its insert, which are most rows, is found by time: at is what now() gave to created_at.
CREATE INDEX log_record ON audit.log (organization_id, record_id) WHERE verb <> 'insert';
COMMENT ON TABLE audit.log IS 'One row for each row that was inserted, changed or deleted, written in the same transaction; append-only, kept for 7 years. No BRIN: the primary key finds a time already, and each index is paid for by every change. Names of changed fields are the keys of before and after, addresses stand with the batch.';
COMMENT ON COLUMN audit.log.organization_id IS 'All zero for what belongs to no organization (shared tables, truncation).';
COMMENT ON COLUMN audit.log.at IS 'When the transaction began.';
COMMENT ON COLUMN audit.log.id IS 'Order of writing; numbers may be missing.';
COMMENT ON COLUMN audit.log.target IS 'schema.table, as it was called then.';
COMMENT ON COLUMN audit.log.record_id IS 'The first uuid of the key, to find all of one record.';
COMMENT ON COLUMN audit.log.row_id IS 'The key without the organization.';
COMMENT ON COLUMN audit.log.before IS 'Update: the changed fields as they were; delete: all. Key, organization and plant stand beside.';
COMMENT ON COLUMN audit.log.after IS 'Update: the changed fields as they are; insert: all but the stamps. Key, organization and plant stand beside.';
COMMENT ON COLUMN audit.log.person_id IS 'Whose session it was; NULL: somebody without one, see db_user.';
COMMENT ON COLUMN audit.log.session_id IS 'NULL: the owner, a migration, or a door before anybody is signed in.';
COMMENT ON COLUMN audit.log.db_user IS 'Login of the connection.';
COMMENT ON COLUMN audit.log.reason IS 'Said by the caller: set_config(''lanewright.reason'', ..., true).';
COMMENT ON COLUMN audit.log.command_id IS 'Said by the caller: lanewright.command_id, else the correlation id in application_name.';

CREATE TABLE audit.heads (
  organization_id uuid NOT NULL,
  station_code text NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  hash bytea NOT NULL,
  previous_hash bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  previous_sealed_at timestamptz,
  txid xid8 NOT NULL,
  last_id bigint NOT NULL,
  PRIMARY KEY (organization_id, station_code)
) WITH (fillfactor = 40);
COMMENT ON TABLE audit.heads IS 'Where each chain stands: a row an organization and station, moved on by audit.seal alone.';
COMMENT ON COLUMN audit.heads.station_code IS 'Empty for what happened at no station.';

CREATE TABLE audit.batches (
  organization_id uuid NOT NULL,
  sealed_at timestamptz NOT NULL,
  station_code text NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  at timestamptz NOT NULL,
  txid xid8 NOT NULL,
  first_id bigint NOT NULL,
  last_id bigint NOT NULL,
  entries integer NOT NULL CHECK (entries > 0),
  digest bytea NOT NULL,
  application text NOT NULL,
  client_address text,
  previous_hash bytea NOT NULL,
  previous_sealed_at timestamptz,
  hash bytea NOT NULL,
  PRIMARY KEY (organization_id, sealed_at, station_code, seq),
  CHECK (last_id >= first_id),
  CHECK (previous_sealed_at <= sealed_at),
  CHECK ((seq = 1) = (previous_sealed_at IS NULL))
) PARTITION BY RANGE (sealed_at);
CREATE INDEX batches_entries ON audit.batches (organization_id, at);
CREATE INDEX batches_sealed ON audit.batches USING brin (sealed_at);
COMMENT ON TABLE audit.batches IS 'The chain: what one transaction wrote for one organization at one station. seq has no gaps (held by the lock on the head: a unique key over partitions would need the time in it).';
COMMENT ON COLUMN audit.batches.sealed_at IS 'When the transaction committed, never before the batch before it: whole months of the chain expire from its beginning.';
COMMENT ON COLUMN audit.batches.at IS 'at of its rows in audit.log.';
COMMENT ON COLUMN audit.batches.client_address IS 'Of the connection; NULL: a local socket.';
COMMENT ON COLUMN audit.batches.previous_sealed_at IS 'Proves how old what went before is, so that an expired month cannot be told from a cut one by hope alone.';

-- Batches that wait for their transaction's commit. No row of it outlives a transaction, hence unlogged.
CREATE UNLOGGED TABLE audit.pending (
  txid xid8 NOT NULL,
  organization_id uuid NOT NULL,
  station_code text NOT NULL,
  PRIMARY KEY (txid, organization_id, station_code)
);
COMMENT ON TABLE audit.pending IS 'Chains that the running transactions have to seal when they commit.';

CREATE TABLE audit.anchors (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  partition_name text NOT NULL,
  before_at timestamptz NOT NULL,
  station_code text NOT NULL,
  entries bigint NOT NULL CHECK (entries > 0),
  seq bigint,
  hash bytea NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK (before_at <= at)
);
COMMENT ON TABLE audit.anchors IS 'What is left of an expired partition of the log or of the chain: a row a chain.';
COMMENT ON COLUMN audit.anchors.seq IS 'Last batch that went; NULL where rows of the log went.';
COMMENT ON COLUMN audit.anchors.hash IS 'Of the last batch; for the log SHA-256 over the leaves in the order of at and id.';

CREATE TABLE audit.left_out (
  target text NOT NULL DEFAULT '*',
  column_pattern text NOT NULL,
  why text NOT NULL,
  PRIMARY KEY (target, column_pattern)
);
COMMENT ON TABLE audit.left_out IS 'Columns whose values are never copied into the log, which says only that they were set or changed. target: schema.table or * for all.';
INSERT INTO audit.left_out (column_pattern, why) VALUES
  ('(^|_)(password|passphrase|secret|token|credential|pin|otp|salt)s?(_|$)', 'what somebody signs in with, and hashes of it'),
  ('(^|_)(private|api|access|signing)_key(_|$)', 'keys'),
  ('(^|_)(cipher|ciphertext|encrypted|blind|blind_index|bidx)(_|$)', 'personal data that is encrypted, and its search index'),
  -- Blind indexes say who is who to whoever has the key.
  ('(^|_)(email|phone|address)_index$', 'search index of personal data that is encrypted');
INSERT INTO audit.left_out (target, column_pattern, why) VALUES
  ('app.settings', '^value$', 'some are for administrators only');

-- Whoever works here, in the words of the log. txid and now() are the transaction's.
CREATE TYPE audit.origin AS (
  person_id uuid, station_code text, session_id uuid, reason text, command_id text, digest text
);
COMMENT ON TYPE audit.origin IS 'digest: SHA-256 over the lines that all rows of a statement have in common.';

CREATE FUNCTION audit.micros(instant timestamptz) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (extract(epoch FROM instant) * 1000000)::bigint $$;
COMMENT ON FUNCTION audit.micros(timestamptz) IS 'Microseconds since 1970 UTC: exact, whatever the session''s time zone and style.';

CREATE FUNCTION audit.current_origin(target text) RETURNS audit.origin
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  context identity.context := identity.current_context();
  origin audit.origin;
BEGIN
  origin.person_id := context.user_id;
  origin.station_code := context.station_code;
  origin.session_id := context.session_id;
  origin.reason := left(nullif(current_setting('lanewright.reason', true), ''), 2000);
  origin.command_id := left(coalesce(nullif(current_setting('lanewright.command_id', true), ''),
    substring(current_setting('application_name') FROM '^lanewright ([0-9a-f-]{8,})$')), 100);
  origin.digest := encode(sha256(convert_to(concat('lanewright audit 1', E'\n', audit.micros(now()), E'\n', to_json(target), E'\n',
    origin.person_id, E'\n', to_json(origin.station_code), E'\n', origin.session_id, E'\n', to_json(session_user::text), E'\n',
    to_json(origin.reason), E'\n', to_json(origin.command_id), E'\n', pg_current_xact_id()), 'UTF8')), 'hex');
  RETURN origin;
END
$$;

CREATE FUNCTION audit.batch_hash(previous_hash bytea, previous_sealed_at timestamptz, organization_id uuid, station_code text,
    seq bigint, sealed_at timestamptz, at timestamptz, txid xid8, first_id bigint, last_id bigint, entries integer, digest bytea,
    application text, client_address text) RETURNS bytea
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT sha256(previous_hash || convert_to(concat('lanewright audit batch 1', E'\n', audit.micros(previous_sealed_at), E'\n',
    organization_id, E'\n', to_json(station_code), E'\n', seq, E'\n', audit.micros(sealed_at), E'\n', audit.micros(at), E'\n',
    txid, E'\n', first_id, E'\n', last_id, E'\n', entries, E'\n', encode(digest, 'hex'), E'\n', to_json(application), E'\n',
    to_json(client_address)), 'UTF8'))
$$;

-- Runs when the transaction commits (or at SET CONSTRAINTS ... IMMEDIATE, after which a next batch is begun). All chains of
-- the transaction are sealed at the first call, in one order for all, so that two transactions cannot wait for each other.
CREATE FUNCTION audit.seal() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  begun constant timestamptz := now();
  own constant xid8 := pg_current_xact_id();
  origin constant bytea := decode(repeat('00', 32), 'hex');
  application constant text := current_setting('application_name');
  client constant text := host(inet_client_addr());
  waiting record;
  sealed_to bigint;
  made record;
  head audit.heads;
  sealed timestamptz;
BEGIN
  FOR waiting IN
    SELECT p.organization_id, p.station_code FROM audit.pending p WHERE p.txid = own ORDER BY p.organization_id, p.station_code
  LOOP
    SELECT h.last_id INTO sealed_to FROM audit.heads h
      WHERE h.organization_id = waiting.organization_id AND h.station_code = waiting.station_code AND h.txid = own;
    SELECT min(l.id) AS first_id, max(l.id) AS last_id, count(*)::integer AS entries,
           sha256(string_agg(l.hash, ''::bytea ORDER BY l.id)) AS digest
      INTO made FROM audit.log l
      WHERE l.organization_id = waiting.organization_id AND l.at = begun AND l.txid = own
        AND coalesce(l.station_code, '') = waiting.station_code AND l.id > coalesce(sealed_to, 0);
    CONTINUE WHEN made.entries = 0;
    sealed := clock_timestamp();
    INSERT INTO audit.heads AS h (organization_id, station_code, seq, hash, previous_hash, sealed_at, previous_sealed_at, txid, last_id)
      VALUES (waiting.organization_id, waiting.station_code, 1,
        audit.batch_hash(origin, NULL, waiting.organization_id, waiting.station_code, 1, sealed, begun, own,
          made.first_id, made.last_id, made.entries, made.digest, application, client),
        origin, sealed, NULL, own, made.last_id)
      ON CONFLICT ON CONSTRAINT heads_pkey DO UPDATE SET
        seq = h.seq + 1,
        hash = audit.batch_hash(h.hash, h.sealed_at, h.organization_id, h.station_code, h.seq + 1,
          greatest(h.sealed_at, EXCLUDED.sealed_at), begun, own, made.first_id, made.last_id, made.entries, made.digest,
          application, client),
        previous_hash = h.hash,
        sealed_at = greatest(h.sealed_at, EXCLUDED.sealed_at),
        previous_sealed_at = h.sealed_at,
        txid = own,
        last_id = made.last_id
      RETURNING * INTO head;
    INSERT INTO audit.batches (organization_id, sealed_at, station_code, seq, at, txid, first_id, last_id, entries, digest,
        application, client_address, previous_hash, previous_sealed_at, hash)
      VALUES (head.organization_id, head.sealed_at, head.station_code, head.seq, begun, own, made.first_id, made.last_id,
        made.entries, made.digest, application, client, head.previous_hash, head.previous_sealed_at, head.hash);
  END LOOP;
  DELETE FROM audit.pending p WHERE p.txid = own;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON audit.pending
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.seal();

-- What is written into the log has been written for good. An owner can take triggers away, which is what the chain is for;
-- but no path of the application does, and no slip of the hand.
CREATE FUNCTION audit.refuse_rewriting() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  callers text;
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'heads' THEN
    IF NEW.seq = OLD.seq + 1 AND NEW.previous_hash = OLD.hash AND NEW.organization_id = OLD.organization_id
      AND NEW.station_code = OLD.station_code THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'DELETE' AND TG_TABLE_NAME ~ '_default$' THEN
    -- Rows that came before their month's partition was made are moved into it.
    GET DIAGNOSTICS callers = PG_CONTEXT;
    IF callers ~ 'function app\.(ensure_partitions|take_rows)\(' THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION '% is append-only: % is refused', format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), TG_OP
    USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Safe to call again. A trigger for rows is passed on to partitions, one for TRUNCATE is not: called after partitions were made.
CREATE PROCEDURE audit.guard(target regclass)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  part regclass;
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_rewriting()', target);
  FOR part IN SELECT relid FROM pg_partition_tree(target) UNION SELECT target LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER never_truncated BEFORE TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_rewriting()', part);
  END LOOP;
END
$$;
CALL audit.guard('audit.log');
CALL audit.guard('audit.batches');
CALL audit.guard('audit.heads');
CALL audit.guard('audit.anchors');

-- Called by app.maintain_partitions before what is older than before goes with its partition: says for each chain what goes.
CREATE FUNCTION audit.expire_log(part regclass, before timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format('INSERT INTO audit.anchors (organization_id, partition_name, before_at, station_code, entries, hash)
    SELECT organization_id, $1, $2, coalesce(station_code, %L), count(*), sha256(string_agg(hash, %L::bytea ORDER BY at, id))
    FROM %s WHERE at < $2 GROUP BY organization_id, coalesce(station_code, %1$L)', '', '', part) USING part::text, before;
END
$$;
CREATE FUNCTION audit.expire_batches(part regclass, before timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format('INSERT INTO audit.anchors (organization_id, partition_name, before_at, station_code, entries, seq, hash)
    SELECT DISTINCT ON (organization_id, station_code) organization_id, $1, $2, station_code,
      sum(entries) OVER (PARTITION BY organization_id, station_code), seq, hash
    FROM %s WHERE sealed_at < $2 ORDER BY organization_id, station_code, seq DESC', part) USING part::text, before;
END
$$;

-- For what no trigger on rows can see.
CREATE FUNCTION audit.append(organization uuid, plant uuid, target text, record uuid, row_id jsonb, verb text, after json) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  origin audit.origin := audit.current_origin(target);
  id bigint := nextval('audit.log_id');
BEGIN
  INSERT INTO audit.log (organization_id, at, id, plant_id, target, record_id, row_id, verb, after, person_id, station_code,
      session_id, db_user, reason, command_id, txid, hash)
    VALUES (organization, now(), id, plant, target, record, row_id, verb, after, origin.person_id, origin.station_code,
      origin.session_id, session_user, origin.reason, origin.command_id, pg_current_xact_id(),
      sha256(convert_to(concat(origin.digest, E'\n', organization, E'\n', id, E'\n', plant, E'\n', record, E'\n', row_id, E'\n', verb,
        E'\n\n', after), 'UTF8')));
  INSERT INTO audit.pending (txid, organization_id, station_code)
    VALUES (pg_current_xact_id(), organization, coalesce(origin.station_code, '')) ON CONFLICT DO NOTHING;
END
$$;

-- The door for what is looked at or taken away and not changed: a document opened, a report exported.
CREATE FUNCTION audit.note(verb text, target text, row_id jsonb, plant uuid DEFAULT NULL, details jsonb DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  organization constant uuid := identity.current_organization();
BEGIN
  IF organization IS NULL THEN RAISE EXCEPTION 'no such session' USING ERRCODE = '28000'; END IF;
  IF verb NOT IN ('view', 'download', 'export') THEN
    RAISE EXCEPTION 'changes are noted by themselves, not by hand: %', verb USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM audit.append(organization, plant, target, CASE WHEN row_id ->> 'id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    THEN (row_id ->> 'id')::uuid END, row_id, verb, details::json);
END
$$;

CREATE FUNCTION audit.on_truncate() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM audit.append('00000000-0000-0000-0000-000000000000', NULL, TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, NULL, '{}', 'truncate', NULL);
  RETURN NULL;
END
$$;

-- What the log shows of one column's value: what is left out says only that it is there, bytes are told by their digest.
CREATE FUNCTION audit.shown(alias text, column_name name, column_type regtype, is_left_out boolean) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format(CASE
    WHEN is_left_out THEN 'CASE WHEN %1$s.%2$I IS NOT NULL THEN ''[left out]'' END'
    WHEN column_type = 'bytea'::regtype THEN '''sha256:'' || encode(sha256(%1$s.%2$I), ''hex'')'
    ELSE '%1$s.%2$I' END, alias, column_name)
$$;

-- Puts the audit on a table: a function of its own, whose statements PostgreSQL plans once a connection, and its triggers.
-- Planned for a change of one row, a nested loop would then go through all pairs of a change of ten thousand.
-- Safe to call again, and called again when columns were added.
CREATE PROCEDURE audit.watch(target regclass, plant_column text)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  full_name text;
  function_name text;
  organization text;
  keys name[];
  columns record;
  nobody constant text := '''00000000-0000-0000-0000-000000000000''::uuid';
  entry text;
BEGIN
  SELECT n.nspname || '.' || c.relname, n.nspname || '__' || c.relname INTO full_name, function_name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
  SELECT a.attname INTO organization FROM pg_attribute a LEFT JOIN app.table_rules r ON r.target = a.attrelid
    WHERE a.attrelid = watch.target AND NOT a.attisdropped AND a.attname = coalesce(r.organization_column, 'organization_id');
  SELECT ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
      ORDER BY array_position(i.indkey::smallint[], a.attnum)) INTO keys
    FROM pg_index i WHERE i.indrelid = watch.target AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
    ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1;
  IF keys IS NULL THEN
    RAISE EXCEPTION '% has no key: its rows could not be told apart in the audit log', target;
  END IF;

  WITH known AS (
    SELECT a.attnum, a.attname AS name, a.attnotnull, array_position(keys, a.attname) AS key_no, a.atttypid = 'uuid'::regtype AS is_uuid,
      a.attname IS NOT DISTINCT FROM organization AND cardinality(keys) > 1 AS is_tenant,
      -- What stands in columns of the log's own.
      a.attname = ANY (keys) OR coalesce(a.attname IN (organization, plant_column), false) AS stands_beside,
      NOT a.attname = ANY (keys || 'updated_at'::name) AS changeable,
      audit.shown('o', a.attname, plain.oid, hidden) AS was,
      audit.shown('n', a.attname, plain.oid, hidden) AS becomes,
      format(',%s:', to_json(a.attname::text)) AS label,
      -- Types without an equality (json, points) are compared as they are written.
      format(CASE WHEN plain.typcategory = 'G' OR plain.typtype = 'c' OR plain.typname IN ('json', '_json', 'xml', '_xml')
        THEN 'o.%1$I::text IS DISTINCT FROM n.%1$I::text' ELSE 'o.%1$I IS DISTINCT FROM n.%1$I' END, a.attname) AS differs,
      -- What app.stamp wrote is what the entry says itself: who and when.
      a.attname IN ('version', 'created_at', 'created_by', 'updated_at', 'updated_by') AND EXISTS (SELECT FROM app.table_rules r
        WHERE r.target = watch.target AND r.stamped AND NOT r.append_only) AS is_stamp
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type plain ON plain.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM audit.left_out l
      WHERE l.target IN ('*', full_name) AND a.attname ~ l.column_pattern)) AS x (hidden)
    WHERE a.attrelid = watch.target AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  )
  SELECT
    string_agg(format('%L, n.%I', name, name), ', ' ORDER BY key_no) FILTER (WHERE key_no > 0 AND NOT is_tenant) AS row_id,
    (array_agg(name ORDER BY key_no) FILTER (WHERE key_no > 0 AND NOT is_tenant AND is_uuid))[1] AS record_id,
    string_agg(format(CASE WHEN attnotnull THEN 'o.%1$I = n.%1$I' ELSE 'o.%1$I IS NOT DISTINCT FROM n.%1$I' END, name), ' AND ')
      FILTER (WHERE key_no > 0) AS same_key,
    string_agg(format('%s AS %I', becomes, name), ', ' ORDER BY attnum) FILTER (WHERE NOT stands_beside) AS whole,
    string_agg(format('%s AS %I', becomes, name), ', ' ORDER BY attnum) FILTER (WHERE NOT stands_beside AND NOT is_stamp) AS inserted,
    string_agg(format('CASE WHEN %s THEN %L || coalesce(to_json(%s)::text, ''null'') END', differs, label, was), ', ' ORDER BY attnum)
      FILTER (WHERE changeable) AS changed_from,
    string_agg(format('CASE WHEN %s THEN %L || coalesce(to_json(%s)::text, ''null'') END', differs, label, becomes), ', ' ORDER BY attnum)
      FILTER (WHERE changeable) AS changed_to
    INTO columns FROM known;

  -- One entry a row of n, in each of the statements; what follows is its verb, before and after.
  entry := format('INSERT INTO audit.log (organization_id, at, id, plant_id, target, record_id, row_id, verb, before, after,
            person_id, station_code, session_id, db_user, reason, command_id, txid, hash)
          SELECT r.organization_id, now(), r.id, r.plant_id, %1$L, r.record_id, r.row_id, r.verb, r.before, r.after,
            origin.person_id, origin.station_code, origin.session_id, session_user, origin.reason, origin.command_id,
            pg_current_xact_id(), sha256(convert_to(concat(origin.digest, E''\n'', r.organization_id, E''\n'', r.id, E''\n'', r.plant_id, E''\n'',
              r.record_id, E''\n'', r.row_id, E''\n'', r.verb, E''\n'', r.before, E''\n'', r.after), ''UTF8''))
          FROM (SELECT %2$s AS organization_id, nextval(''audit.log_id'') AS id, %3$s AS plant_id, %4$s AS record_id,
              jsonb_build_object(%5$s) AS row_id,',
    full_name, coalesce('coalesce(n.' || quote_ident(organization) || ', ' || nobody || ')', nobody), coalesce('n.' || quote_ident(plant_column), 'NULL::uuid'),
    coalesce('n.' || quote_ident(columns.record_id), 'NULL::uuid'), columns.row_id);
  EXECUTE format($body$
    CREATE OR REPLACE FUNCTION audit.%1$I() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
    AS $function$
    DECLARE
      origin audit.origin;
      paired bigint;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
        origin := audit.current_origin(%2$L);
        %3$s 'insert' AS verb, NULL::json AS before, row_to_json(x) AS after
            FROM new_rows n CROSS JOIN LATERAL (SELECT %4$s) AS x OFFSET 0) r;
        %9$s FROM new_rows n ON CONFLICT DO NOTHING;
      ELSIF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN RETURN NULL; END IF;
        origin := audit.current_origin(%2$L);
        %3$s 'update' AS verb, ('{' || ltrim(concat(%6$s), ',') || '}')::json AS before,
              ('{' || ltrim(concat(%7$s), ',') || '}')::json AS after
            FROM new_rows n JOIN old_rows o ON %8$s OFFSET 0) r;
        GET DIAGNOSTICS paired = ROW_COUNT;
        %9$s FROM new_rows n ON CONFLICT DO NOTHING;
        IF paired = (SELECT count(*) FROM new_rows) THEN RETURN NULL; END IF;
        -- A row whose key was changed is one that went and one that came.
        %3$s 'delete' AS verb, row_to_json(x) AS before, NULL::json AS after
            FROM old_rows n CROSS JOIN LATERAL (SELECT %5$s) AS x WHERE NOT EXISTS (SELECT FROM new_rows o WHERE %8$s) OFFSET 0) r;
        %3$s 'insert' AS verb, NULL::json AS before, row_to_json(x) AS after
            FROM new_rows n CROSS JOIN LATERAL (SELECT %5$s) AS x WHERE NOT EXISTS (SELECT FROM old_rows o WHERE %8$s) OFFSET 0) r;
        %9$s FROM old_rows n ON CONFLICT DO NOTHING;
      ELSE
        IF NOT EXISTS (SELECT FROM old_rows) THEN RETURN NULL; END IF;
        origin := audit.current_origin(%2$L);
        %3$s 'delete' AS verb, row_to_json(x) AS before, NULL::json AS after
            FROM old_rows n CROSS JOIN LATERAL (SELECT %5$s) AS x OFFSET 0) r;
        %9$s FROM old_rows n ON CONFLICT DO NOTHING;
      END IF;
      RETURN NULL;
    END
    $function$
    $body$,
    function_name, full_name, entry, columns.inserted, columns.whole,
    coalesce(columns.changed_from, 'NULL'), coalesce(columns.changed_to, 'NULL'), columns.same_key,
    format('INSERT INTO audit.pending (txid, organization_id, station_code)
          SELECT DISTINCT pg_current_xact_id(), %s, coalesce(origin.station_code, '''')',
      coalesce('coalesce(n.' || quote_ident(organization) || ', ' || nobody || ')', nobody)));
  EXECUTE format('REVOKE EXECUTE ON FUNCTION audit.%I() FROM PUBLIC', function_name);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_on_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.%I()', target, function_name);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_on_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.%I()', target, function_name);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_on_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit.%I()', target, function_name);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_on_truncate AFTER TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION audit.on_truncate()', target);
END
$$;
COMMENT ON PROCEDURE audit.watch(regclass, text) IS 'Audits a table; again after columns were added to it.';

GRANT EXECUTE ON FUNCTION audit.note(text, text, jsonb, uuid, jsonb) TO lanewright_app;

INSERT INTO app.table_rules (target, scope, read_permission, append_only, stamped, audited, time_column, partition_by, retention) VALUES
  ('audit.log', 'tenant', 'audit:read', true, false, false, 'at', 'month', '7 years'),
  ('audit.batches', 'tenant', 'audit:read', true, false, false, 'sealed_at', 'month', '7 years');
INSERT INTO app.table_rules (target, scope, read_permission, append_only, stamped, audited) VALUES
  ('audit.heads', 'tenant', 'audit:read', false, false, false),
  ('audit.anchors', 'tenant', 'audit:read', true, false, false),
  ('audit.pending', 'plumbing', '', false, false, false),
  ('audit.left_out', 'plumbing', '', false, false, true);

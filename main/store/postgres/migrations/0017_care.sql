-- The care of partitions, by app.table_rules: made ahead, filled from the default one, dropped or packed when they are old.
--
-- Two functions beside a table, found by their names, belong to the end of its rows. <schema>.pack_<table>(part, before) moves
-- the rows of a partition that are older than before into their packed form and returns how many; <schema>.expire_<table>(part,
-- before) is told of a partition whose rows older than before are about to go.

CREATE FUNCTION app.partitions_of(target regclass)
  RETURNS TABLE (part regclass, is_default boolean, from_at timestamptz, to_at timestamptz)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO'
AS $$
  SELECT c.oid::regclass, b.bound = 'DEFAULT', substring(b.bound FROM 'FROM \(''([^'']+)''\)')::timestamptz,
         substring(b.bound FROM 'TO \(''([^'']+)''\)')::timestamptz
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound) b
    WHERE i.inhparent = target ORDER BY 3, 1
$$;
COMMENT ON FUNCTION app.partitions_of(regclass) IS 'Partitions by range of time with their bounds, oldest first; the default one has none.';

-- Rows that only go elsewhere, or whose time is over, are no change that anybody follows or audits: triggers are not told.
CREATE FUNCTION app.take_rows(part regclass, time_column name, from_at timestamptz, to_at timestamptz) RETURNS bigint
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  awake pg_trigger[] := ARRAY(SELECT t FROM pg_trigger t WHERE tgrelid = part AND NOT tgisinternal AND tgenabled <> 'D');
  one pg_trigger;
  taken bigint;
BEGIN
  FOREACH one IN ARRAY awake LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', part, one.tgname);
  END LOOP;
  EXECUTE format('DELETE FROM %s WHERE %2$I >= $1 AND %2$I < $2', part, time_column) USING from_at, to_at;
  GET DIAGNOSTICS taken = ROW_COUNT;
  FOREACH one IN ARRAY awake LOOP
    EXECUTE format('ALTER TABLE %s ENABLE %s TRIGGER %I', part,
      CASE one.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, one.tgname);
  END LOOP;
  RETURN taken;
END
$$;
COMMENT ON FUNCTION app.take_rows(regclass, name, timestamptz, timestamptz) IS 'Deletes the rows of a partition in a span of time without its triggers; returns how many.';

-- Triggers for rows are passed on to partitions, those for TRUNCATE are not, and each partition can be truncated by itself.
CREATE FUNCTION app.guard_partition(target regclass, part regclass) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  definition text;
BEGIN
  FOR definition IN SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE t.tgrelid = target AND NOT t.tgisinternal AND t.tgtype & 32 <> 0
      AND NOT EXISTS (SELECT FROM pg_trigger own WHERE own.tgrelid = part AND own.tgname = t.tgname) LOOP
    EXECUTE replace(definition, format(' ON %s ', target), format(' ON %s ', part));
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.guard_partition(regclass, regclass) IS 'Gives a partition the TRUNCATE triggers of its table.';

-- Attached, not created in place: readers and writers of the table go on meanwhile, but those of the default partition.
CREATE FUNCTION app.make_partition(target regclass, time_column name, step text, from_at timestamptz) RETURNS TABLE (part text, moved bigint)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  to_at timestamptz := from_at + ('1 ' || step)::interval;
  fallback regclass := (SELECT p.part FROM app.partitions_of(target) p WHERE p.is_default);
  columns text;
BEGIN
  SELECT format('%I.%I', n.nspname, c.relname || to_char(from_at, CASE step WHEN 'day' THEN '_YYYY_MM_DD' ELSE '_YYYY_MM' END))
    INTO part FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
  EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', target);
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', fallback);
  EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE
    INCLUDING COMPRESSION)', part, target);
  PERFORM app.guard_partition(target, part::regclass);
  EXECUTE format('INSERT INTO %s (%s) SELECT %2$s FROM %s WHERE %4$I >= $1 AND %4$I < $2', part, columns, fallback, time_column)
    USING from_at, to_at;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved > 0 THEN PERFORM app.take_rows(fallback, time_column, from_at, to_at); END IF;
  EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', target, part, from_at, to_at);
  RETURN NEXT;
END
$$;
COMMENT ON FUNCTION app.make_partition(regclass, name, text, timestamptz) IS 'Makes the partition of a day or month (UTC) with the rows that waited for it in the default one.';

CREATE FUNCTION app.make_default_partition(target regclass) RETURNS regclass
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  fallback regclass := (SELECT p.part FROM app.partitions_of(target) p WHERE p.is_default);
  name text;
BEGIN
  IF fallback IS NULL THEN
    SELECT format('%I.%I', n.nspname, c.relname || '_default') INTO name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
    EXECUTE format('CREATE TABLE %s PARTITION OF %s DEFAULT', name, target);
    fallback := name::regclass;
    PERFORM app.guard_partition(target, fallback);
  END IF;
  RETURN fallback;
END
$$;
COMMENT ON FUNCTION app.make_default_partition(regclass) IS 'The partition that no row is too late or too early for; made where there is none.';

CREATE FUNCTION app.ensure_partitions(target regclass, step text, from_at timestamptz, to_at timestamptz) RETURNS integer
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  time_column name := (SELECT r.time_column FROM app.table_rules r WHERE r.target = ensure_partitions.target);
  starts timestamptz;
  made integer := 0;
BEGIN
  PERFORM app.make_default_partition(target);
  FOR starts IN SELECT s FROM generate_series(date_trunc(step, from_at), to_at, ('1 ' || step)::interval) AS s
      EXCEPT SELECT p.from_at FROM app.partitions_of(target) p ORDER BY 1 LOOP
    PERFORM app.make_partition(target, time_column, step, starts);
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
COMMENT ON FUNCTION app.ensure_partitions(regclass, text, timestamptz, timestamptz) IS 'Makes what partitions are missing for rows between two times, for a load of old or future rows; returns how many.';

CREATE FUNCTION app.maintain_table(rule app.table_rules, at timestamptz)
  RETURNS TABLE (action text, part text, row_count bigint)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
AS $$
DECLARE
  space text;
  base text;
  -- Expiry goes by the clock: whoever asks for partitions of next year does not lose those of this one.
  expires timestamptz := date_trunc(rule.partition_by, least(at, now()) - rule.retention);
  earliest timestamptz := coalesce(expires, date_trunc(rule.partition_by, at - interval '10 years'));
  latest timestamptz := date_trunc(rule.partition_by, at + CASE rule.partition_by WHEN 'day' THEN interval '14 days' ELSE interval '3 months' END);
  packer regprocedure;
  herald regprocedure;
  fallback regclass;
  missing timestamptz[];
  starts timestamptz;
  old record;
BEGIN
  SELECT n.nspname, c.relname INTO space, base
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = rule.target;
  packer := to_regprocedure(format('%I.%I(regclass, timestamptz)', space, 'pack_' || base));
  herald := to_regprocedure(format('%I.%I(regclass, timestamptz)', space, 'expire_' || base));
  IF rule.on_expiry = 'pack' AND packer IS NULL THEN
    RAISE EXCEPTION 'there is no function %.pack_% to pack what expires', space, base;
  END IF;
  fallback := app.make_default_partition(rule.target);

  -- Packed first: it takes long, and locks rows only.
  IF rule.on_expiry = 'pack' THEN
    FOR old IN SELECT p.part FROM app.partitions_of(rule.target) p WHERE p.is_default OR p.to_at <= expires LOOP
      EXECUTE format('SELECT %s($1, $2)', packer::regproc) INTO row_count USING old.part, expires;
      IF row_count > 0 THEN action := 'packed'; part := old.part::text; RETURN NEXT; END IF;
    END LOOP;
  END IF;

  -- Read to the end before anything is made: a query that is still open would hold the default partition.
  EXECUTE format(
    'SELECT ARRAY(SELECT s FROM generate_series($1, $2, $3) AS s
       UNION SELECT date_trunc($4, %1$I) FROM %2$s WHERE %1$I >= $5 AND %1$I < $2 + $3
       EXCEPT SELECT from_at FROM app.partitions_of($6) ORDER BY 1)', rule.time_column, fallback)
    INTO missing
    USING date_trunc(rule.partition_by, at), latest, ('1 ' || rule.partition_by)::interval, rule.partition_by, earliest, rule.target;
  FOREACH starts IN ARRAY missing LOOP
    SELECT 'made', m.part, m.moved INTO action, part, row_count
      FROM app.make_partition(rule.target, rule.time_column, rule.partition_by, starts) m;
    RETURN NEXT;
  END LOOP;

  IF rule.retention IS NULL THEN RETURN; END IF;
  FOR old IN SELECT p.part, p.to_at FROM app.partitions_of(rule.target) p WHERE p.to_at <= expires LOOP
    IF rule.on_expiry = 'pack' THEN
      -- What came since it was packed goes the same way, and nothing comes any more.
      EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', rule.target);
      EXECUTE format('SELECT %s($1, $2)', packer::regproc) INTO row_count USING old.part, old.to_at;
      IF row_count > 0 THEN action := 'packed'; part := old.part::text; RETURN NEXT; END IF;
    END IF;
    IF herald IS NOT NULL THEN EXECUTE format('SELECT %s($1, $2)', herald::regproc) USING old.part, old.to_at; END IF;
    action := 'dropped'; part := old.part::text; row_count := NULL;
    EXECUTE format('DROP TABLE %s', old.part);
    RETURN NEXT;
  END LOOP;
  IF rule.on_expiry = 'drop' THEN
    EXECUTE format('SELECT count(*) FROM %s WHERE %I < $1', fallback, rule.time_column) INTO row_count USING expires;
    IF row_count > 0 THEN
      IF herald IS NOT NULL THEN EXECUTE format('SELECT %s($1, $2)', herald::regproc) USING fallback, expires; END IF;
      action := 'expired'; part := fallback::text;
      row_count := app.take_rows(fallback, rule.time_column, '-infinity', expires);
      RETURN NEXT;
    END IF;
  END IF;
END
$$;

CREATE FUNCTION app.maintain_partitions(at timestamptz DEFAULT now())
  RETURNS TABLE (table_name text, action text, part text, row_count bigint, detail text)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rules app.table_rules[] := ARRAY(SELECT r FROM app.table_rules r WHERE r.partition_by IS NOT NULL
    ORDER BY r.on_expiry = 'pack' DESC, r.target::text);
  rule app.table_rules;
  done jsonb;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('app.maintain_partitions', 0)) THEN
    action := 'left to another';
    RETURN NEXT;
    RETURN;
  END IF;
  FOREACH rule IN ARRAY rules LOOP
    BEGIN
      -- A table whose locks are not to be had, or that cannot be cared for at all, does not keep the others from it.
      SELECT jsonb_agg(to_jsonb(m)) INTO done FROM app.maintain_table(rule, maintain_partitions.at) m;
    EXCEPTION WHEN OTHERS THEN
      done := jsonb_build_array(jsonb_build_object('action', CASE SQLSTATE WHEN '55P03' THEN 'busy' WHEN '40P01' THEN 'busy'
        ELSE 'failed' END, 'detail', SQLERRM));
      IF SQLSTATE NOT IN ('55P03', '40P01') THEN RAISE WARNING '% could not be cared for: %', rule.target, SQLERRM; END IF;
    END;
    RETURN QUERY SELECT rule.target::text, d.action, d.part, d.row_count, d.detail
      FROM jsonb_to_recordset(done) AS d(action text, part text, row_count bigint, detail text);
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.maintain_partitions(timestamptz) IS 'Makes partitions for at and the time after it (3 months, or 14 days), moves what waited in the default ones, packs or drops what is past retention by the clock, and says what it did: made, packed, dropped, expired (rows of the default partition), busy (locks not had within 2 s: next time), failed. Run daily by the job scheduler, as the owner; twice, at once or late does no harm. A row past retention that comes late stands in the default partition until the next run.';

-- An hour of a sensor becomes one row. What is deleted is what is packed, in one statement an hour: readers see each reading
-- once, and one that arrives meanwhile stays for the next time. Where the hour was packed before, both are merged; of two
-- readings of one instant the one that was there first stays, as the key of the raw table has it.
CREATE FUNCTION equipment.pack_sensor_readings(part regclass, before timestamptz) RETURNS bigint
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  hour timestamptz;
  packed bigint := 0;
  taken bigint;
BEGIN
  FOR hour IN EXECUTE format('SELECT DISTINCT date_trunc(''hour'', at) FROM %s WHERE at < $1 ORDER BY 1', part) USING before LOOP
    EXECUTE format($pack$
      WITH gone AS (
        DELETE FROM %s WHERE at >= $1 AND at < $1 + interval '1 hour' RETURNING organization_id, plant_id, sensor_no, at, value, quality
      ), held AS (
        SELECT a.organization_id, a.plant_id, a.sensor_no, u.at, u.value, u.quality
          FROM equipment.sensor_archive a
          CROSS JOIN LATERAL equipment.unpack(a.hour_at, a.steps_us, a.measured, a.qualities) u
          WHERE a.hour_at = $1 AND EXISTS (
            SELECT FROM gone WHERE gone.organization_id = a.organization_id AND gone.sensor_no = a.sensor_no)
      ), together AS (
        SELECT DISTINCT ON (organization_id, sensor_no, at) *
          FROM (SELECT *, 1 AS turn FROM held UNION ALL SELECT *, 2 FROM gone) b
          ORDER BY organization_id, sensor_no, at, turn
      ), stepped AS (
        -- Less than an hour, so exact in double precision, at half the cost of numeric.
        SELECT *, round(date_part('epoch', at - lag(at, 1, $1) OVER (PARTITION BY organization_id, sensor_no ORDER BY at)) * 1000000)::bigint
                    AS step_us
          FROM together
      ), folded AS (
        INSERT INTO equipment.sensor_archive AS a (organization_id, plant_id, sensor_no, readings, hour_at, steps_us, measured, qualities)
          SELECT organization_id, (array_agg(plant_id ORDER BY at DESC))[1], sensor_no, count(*), $1,
                 array_agg((CASE WHEN step_us > 2147483647 THEN step_us - 4294967296 ELSE step_us END)::integer ORDER BY at),
                 array_agg(value ORDER BY at), CASE WHEN bool_or(quality <> 0) THEN array_agg(quality ORDER BY at) END
            FROM stepped GROUP BY organization_id, sensor_no
          ON CONFLICT (organization_id, sensor_no, hour_at) DO UPDATE SET plant_id = excluded.plant_id, readings = excluded.readings,
            steps_us = excluded.steps_us, measured = excluded.measured, qualities = excluded.qualities
      )
      SELECT count(*) FROM gone$pack$, part) INTO taken USING hour;
    packed := packed + taken;
  END LOOP;
  RETURN packed;
END
$$;
COMMENT ON FUNCTION equipment.pack_sensor_readings(regclass, timestamptz) IS 'Folds the readings of a partition that are older than before into equipment.sensor_archive; returns how many.';

CREATE FUNCTION equipment.expire_downtime_events(part regclass, before timestamptz) RETURNS bigint
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  gone bigint;
BEGIN
  EXECUTE format('DELETE FROM equipment.downtime_spans s USING %s e
    WHERE e.organization_id = s.organization_id AND e.id = s.id AND e.started_at < $1', part) USING before;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END
$$;
COMMENT ON FUNCTION equipment.expire_downtime_events(regclass, timestamptz) IS 'The spans of downtime events that expire go with them.';

SELECT app.guard_partition(r.target, p.part) FROM app.table_rules r, app.partitions_of(r.target) p WHERE r.partition_by IS NOT NULL;
SELECT app.maintain_partitions();

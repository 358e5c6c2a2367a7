-- What is asked afterwards, kept ready: rollups that late and corrected rows mend, reports, dashboards, checks of the data.
--
-- One mechanism for every rollup. A statement that changes raw rows notes, in its own transaction, which buckets of which
-- rollups it touched (analytics.sources says how); analytics.refresh() takes the notes and puts in the place of a bucket's
-- rows what its definition, analytics.<rollup>_of(...), says now. Nothing is added up along the way, so that the order in
-- which rows came, and how often, makes no difference: a row equals the same query over the raw rows.

CREATE TABLE analytics.rollups (
  name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
  subject_column text NOT NULL,
  period_column text,
  time_column text,
  preparing text,
  elapsing text,
  elapsed_at timestamptz
);
COMMENT ON TABLE analytics.rollups IS 'The rollups: table analytics.<name>, definition analytics.<name>_of(organization, subject, [first, last period,] as_of). A bucket is the rows of one subject in one period.';
COMMENT ON COLUMN analytics.rollups.period_column IS 'NULL where all rows of a subject are one bucket.';
COMMENT ON COLUMN analytics.rollups.time_column IS 'Says how old a row is. What is older than the raw rows are kept stays as it is: its raw rows are gone.';
COMMENT ON COLUMN analytics.rollups.preparing IS 'Run before a bucket is computed ($1 organization, $2 subject, $3 period, $4 as of).';
COMMENT ON COLUMN analytics.rollups.elapsing IS 'Query ($1 since, $2 until) for the buckets that time alone changes: a machine that still runs.';
COMMENT ON COLUMN analytics.rollups.elapsed_at IS 'Until when passing time has been noted; NULL: never, or begin anew.';

CREATE TABLE analytics.sources (
  target regclass NOT NULL,
  rollup text NOT NULL REFERENCES analytics.rollups,
  columns text[] NOT NULL CHECK (cardinality(columns) > 0),
  buckets text NOT NULL CHECK (buckets <> ''),
  PRIMARY KEY (target, rollup)
);
COMMENT ON TABLE analytics.sources IS 'Which rollups a raw table feeds.';
COMMENT ON COLUMN analytics.sources.columns IS 'What the rollup reads of it: an update of other columns notes nothing.';
COMMENT ON COLUMN analytics.sources.buckets IS 'Query over "changed" (those columns of the rows before and after) for organization_id, subject and period.';

CREATE TABLE analytics.dirty (
  note_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rollup text NOT NULL REFERENCES analytics.rollups,
  organization_id uuid NOT NULL,
  subjects text[] NOT NULL,
  periods timestamp[] NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (cardinality(subjects) = cardinality(periods))
);
COMMENT ON TABLE analytics.dirty IS 'Buckets to compute again: a row a statement (and 250 buckets), each bucket once in it. Statements of different transactions do not share rows: a unique key would make stations wait for each other, and a note that is skipped because one is there can be taken away before its transaction commits. refresh() takes each bucket once however often it is noted.';
COMMENT ON COLUMN analytics.dirty.periods IS 'Beside each subject: the first moment of the period, the plant''s local day, week or month, or UTC for shorter ones; -infinity where the rollup has none.';
CREATE INDEX dirty_rollup ON analytics.dirty (rollup, organization_id, note_no);

-- The statement that notes what a query for organization_id, subject and period gives. A text, because the rows of a
-- trigger are seen by what the trigger itself executes.
CREATE FUNCTION analytics.noting(rollup text, buckets text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format(
    'WITH bucket AS (
       SELECT DISTINCT organization_id, subject::text AS subject, coalesce(period, ''-infinity'')::timestamp AS period
       FROM (%s) AS found WHERE subject IS NOT NULL),
     numbered AS (
       SELECT *, (row_number() OVER (PARTITION BY organization_id ORDER BY subject, period) - 1) / 250 AS part FROM bucket)
     INSERT INTO analytics.dirty (rollup, organization_id, subjects, periods)
       SELECT %L, organization_id, array_agg(subject), array_agg(period) FROM numbered GROUP BY organization_id, part',
    buckets, rollup)
$$;

CREATE FUNCTION analytics.note_changes() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  source record;
BEGIN
  FOR source IN
    SELECT s.rollup, s.buckets, (SELECT string_agg(quote_ident(name), ', ') FROM unnest(s.columns) AS name) AS columns
      FROM analytics.sources s WHERE s.target = TG_RELID
  LOOP
    EXECUTE analytics.noting(source.rollup, format(
      CASE TG_OP
        WHEN 'INSERT' THEN 'WITH changed AS MATERIALIZED (SELECT %1$s FROM new_rows) %2$s'
        WHEN 'DELETE' THEN 'WITH changed AS MATERIALIZED (SELECT %1$s FROM old_rows) %2$s'
        ELSE 'WITH changed AS MATERIALIZED ((SELECT %1$s FROM new_rows EXCEPT SELECT %1$s FROM old_rows)
          UNION ALL (SELECT %1$s FROM old_rows EXCEPT SELECT %1$s FROM new_rows)) %2$s'
      END, source.columns, source.buckets));
  END LOOP;
  RETURN NULL;
END
$$;

-- Puts the noting triggers on every source.
CREATE PROCEDURE analytics.watch_sources()
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  target regclass;
  verb text;
BEGIN
  FOR target IN SELECT DISTINCT s.target FROM analytics.sources s LOOP
    FOREACH verb IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
      EXECUTE format('CREATE OR REPLACE TRIGGER rollups_on_%1$s AFTER %1$s ON %2$s REFERENCING %3$s
        FOR EACH STATEMENT EXECUTE FUNCTION analytics.note_changes()', verb, target,
        CASE verb WHEN 'insert' THEN 'NEW TABLE AS new_rows' WHEN 'delete' THEN 'OLD TABLE AS old_rows'
                  ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END);
    END LOOP;
  END LOOP;
END
$$;

-- The statement that puts a bucket right: $1 organization, $2 subject, $3 period, $4 as of, $5 the day before which rows
-- stand. Rows that are as they should be are not touched.
CREATE FUNCTION analytics.recomputing(rollup analytics.rollups) RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH attribute AS (
    SELECT a.attname, a.attnum, quote_ident(a.attname) AS name, format_type(a.atttypid, a.atttypmod) AS type,
           a.attnum = ANY (i.indkey) AS in_key
      FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE i.indrelid = ('analytics.' || quote_ident(rollup.name))::regclass AND i.indisprimary),
  written AS (
    SELECT format('analytics.%I', rollup.name) AS target,
      string_agg(name, ', ' ORDER BY attnum) AS columns,
      string_agg(name, ', ' ORDER BY attnum) FILTER (WHERE in_key) AS key,
      string_agg(format('f.%1$s = r.%1$s', name), ' AND ' ORDER BY attnum) FILTER (WHERE in_key) AS same,
      string_agg(format('%1$s = excluded.%1$s', name), ', ' ORDER BY attnum) FILTER (WHERE NOT in_key) AS assignments,
      string_agg('r.' || name, ', ' ORDER BY attnum) FILTER (WHERE NOT in_key) AS had,
      string_agg('excluded.' || name, ', ' ORDER BY attnum) FILTER (WHERE NOT in_key) AS have,
      '$2::' || max(type) FILTER (WHERE attname = rollup.subject_column) AS subject,
      CASE max(type) FILTER (WHERE attname = rollup.period_column) WHEN 'timestamp with time zone'
        THEN '($3::timestamp AT TIME ZONE ''UTC'')' ELSE '($3::timestamp)::date' END AS period
    FROM attribute)
  SELECT format(
    'WITH fresh AS MATERIALIZED (SELECT f.* FROM %1$s_of($1, %2$s%3$s, as_of => $4) AS f WHERE %4$s),
     gone AS (DELETE FROM %1$s r WHERE r.organization_id = $1 AND r.%5$I = %2$s AND %6$s AND %7$s
       AND NOT EXISTS (SELECT FROM fresh f WHERE %8$s))
     INSERT INTO %1$s AS r (%9$s) SELECT %9$s FROM fresh
     ON CONFLICT (%10$s) DO UPDATE SET %11$s WHERE (%12$s) IS DISTINCT FROM (%13$s)',
    target, subject, CASE WHEN rollup.period_column IS NOT NULL THEN format(', %1$s, %1$s', period) ELSE '' END,
    CASE WHEN rollup.time_column IS NULL THEN 'true' ELSE format('f.%I >= $5', rollup.time_column) END,
    rollup.subject_column,
    CASE WHEN rollup.period_column IS NULL THEN 'true' ELSE format('r.%I = %s', rollup.period_column, period) END,
    CASE WHEN rollup.time_column IS NULL THEN 'true' ELSE format('r.%I >= $5', rollup.time_column) END,
    same, columns, key, assignments, had, have)
  FROM written
$$;

-- The day before which raw rows of a rollup may be gone with their partitions. What a row means can hang on the one
-- before it, hence a month more.
CREATE FUNCTION analytics.standing_before(rollup_name text, as_of timestamptz) RETURNS date
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(((as_of - min(r.retention) + interval '1 month') AT TIME ZONE 'UTC')::date, '-infinity')
    FROM analytics.sources s JOIN app.table_rules r ON r.target = s.target
    WHERE s.rollup = rollup_name AND r.on_expiry = 'drop'
$$;

-- Notes what time alone has changed since the last time, at most every five minutes.
CREATE FUNCTION analytics.note_elapsed(as_of timestamptz) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rollup analytics.rollups;
BEGIN
  FOR rollup IN
    SELECT * FROM analytics.rollups r
      WHERE r.elapsing IS NOT NULL AND (r.elapsed_at IS NULL OR r.elapsed_at <= as_of - interval '5 minutes')
      ORDER BY r.name FOR UPDATE SKIP LOCKED
  LOOP
    EXECUTE analytics.noting(rollup.name, rollup.elapsing) USING coalesce(rollup.elapsed_at, '-infinity'), as_of;
    UPDATE analytics.rollups r SET elapsed_at = as_of WHERE r.name = rollup.name;
  END LOOP;
END
$$;

-- One refresh works on a rollup of an organization at a time (an advisory lock, tried, not waited for), and looks at the raw
-- rows after it took the notes: what committed before a note could be seen is in what it computes; what commits later
-- comes with a note of its own.
CREATE FUNCTION analytics.refresh_as_of(max_buckets integer, as_of timestamptz) RETURNS integer
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
  noted record;
  bucket record;
  rollup analytics.rollups;
  statement text;
  standing date;
  share integer;
  taken integer;
  done integer := 0;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'rollups are refreshed in READ COMMITTED transactions' USING ERRCODE = '25001';
  END IF;
  IF max_buckets < 1 THEN RAISE EXCEPTION 'max_buckets must be positive' USING ERRCODE = '22023'; END IF;
  PERFORM analytics.extend_dates((as_of AT TIME ZONE 'UTC')::date + 1827);
  PERFORM analytics.note_elapsed(as_of);
  share := greatest(1, max_buckets / greatest(1, (SELECT count(*) FROM (
    SELECT DISTINCT d.rollup, d.organization_id FROM analytics.dirty d) AS waiting)::integer));
  FOR noted IN
    SELECT d.rollup AS name, d.organization_id FROM analytics.dirty d GROUP BY 1, 2 ORDER BY min(d.note_no)
  LOOP
    EXIT WHEN done >= max_buckets;
    SELECT * INTO STRICT rollup FROM analytics.rollups r WHERE r.name = noted.name;
    -- Those that write lane days down share a lock, so that two of them never wait for each other's.
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtextextended(
      format('analytics %s %s', CASE WHEN rollup.preparing IS NULL THEN rollup.name END, noted.organization_id), 0));
    statement := analytics.recomputing(rollup);
    standing := analytics.standing_before(noted.name, as_of);
    taken := 0;
    -- Whole notes, until they hold a few times what is asked for: the same bucket stands in many.
    FOR bucket IN
      WITH waiting AS (
        SELECT d.note_no, sum(cardinality(d.subjects)) OVER (ORDER BY d.note_no) - cardinality(d.subjects) AS ahead
          FROM analytics.dirty d WHERE d.rollup = noted.name AND d.organization_id = noted.organization_id),
      notes AS (
        DELETE FROM analytics.dirty d USING waiting w WHERE d.note_no = w.note_no AND w.ahead < 4 * share
          RETURNING d.note_no, d.subjects, d.periods)
      SELECT b.subject, b.period FROM notes, unnest(notes.subjects, notes.periods) AS b (subject, period)
        GROUP BY 1, 2 ORDER BY min(notes.note_no), 1, 2
    LOOP
      CONTINUE WHEN rollup.period_column IS NOT NULL AND bucket.period < standing;
      IF taken >= share THEN
        -- More than asked for: back to the notes.
        INSERT INTO analytics.dirty (rollup, organization_id, subjects, periods)
          VALUES (noted.name, noted.organization_id, ARRAY[bucket.subject], ARRAY[bucket.period]);
        CONTINUE;
      END IF;
      IF rollup.preparing IS NOT NULL THEN
        EXECUTE rollup.preparing USING noted.organization_id, bucket.subject, bucket.period, as_of;
      END IF;
      EXECUTE statement USING noted.organization_id, bucket.subject, bucket.period, as_of, standing;
      taken := taken + 1;
    END LOOP;
    done := done + taken;
  END LOOP;
  RETURN done;
END
$$;

CREATE FUNCTION analytics.refresh(max_buckets integer DEFAULT 1000) RETURNS integer
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT analytics.refresh_as_of(max_buckets, now()) $$;
COMMENT ON FUNCTION analytics.refresh(integer) IS 'Computes buckets that raw rows or time have changed, the longest waiting first, and returns how many: call it again while it returns more than 0. Safe to run twice, at once, and late.';

-- For a rollup whose definition changed, or after raw rows came in with their triggers off.
CREATE FUNCTION analytics.note_everything(rollup_name text, of_organization uuid DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  rollup analytics.rollups;
  period text;
BEGIN
  SELECT * INTO STRICT rollup FROM analytics.rollups r WHERE r.name = rollup_name FOR UPDATE;
  period := CASE WHEN rollup.period_column IS NULL THEN 'NULL::timestamp'
    WHEN (SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = ('analytics.' || quote_ident(rollup.name))::regclass
            AND a.attname = rollup.period_column) = 'timestamptz'::regtype
      THEN format('%I AT TIME ZONE %L', rollup.period_column, 'UTC')
    ELSE format('%I::timestamp', rollup.period_column) END;
  EXECUTE analytics.noting(rollup.name, format(
    'SELECT organization_id, %1$I AS subject, %2$s AS period FROM analytics.%3$I WHERE %5$s
     UNION SELECT organization_id, %1$I, %2$s
       FROM (SELECT f.* FROM org.organizations o CROSS JOIN LATERAL analytics.%4$I(o.id, as_of => now()) AS f) AS f WHERE %5$s',
    rollup.subject_column, period, rollup.name, rollup.name || '_of',
    CASE WHEN of_organization IS NULL THEN 'true' ELSE format('organization_id = %L', of_organization) END));
  -- Days of lanes that nobody asked for yet are planned where their time is noted anew.
  UPDATE analytics.rollups r SET elapsed_at = NULL WHERE r.name = rollup.name AND r.elapsing IS NOT NULL;
END
$$;
COMMENT ON FUNCTION analytics.note_everything(text, uuid) IS 'Notes every bucket that has rows or should have; for the owner.';

-- Wall clock of a plant as an instant. A time that the change of clocks skips moves forward by the gap; one that happens
-- twice means the first (RFC 5545, 3.3.5), where PostgreSQL alone would take the second.
CREATE FUNCTION analytics.instant_of(wall_clock timestamp, time_zone text) RETURNS timestamptz
  LANGUAGE sql STABLE
AS $$
  SELECT least(wall_clock AT TIME ZONE time_zone,
    CASE WHEN ((wall_clock AT TIME ZONE time_zone) - interval '1 hour') AT TIME ZONE time_zone = wall_clock
      THEN (wall_clock AT TIME ZONE time_zone) - interval '1 hour' END,
    CASE WHEN ((wall_clock AT TIME ZONE time_zone) - interval '30 minutes') AT TIME ZONE time_zone = wall_clock
      THEN (wall_clock AT TIME ZONE time_zone) - interval '30 minutes' END)
$$;

CREATE FUNCTION analytics.milliseconds(spans tstzmultirange) RETURNS bigint
  LANGUAGE sql STABLE
AS $$
  SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span)) * 1000), 0)::bigint FROM unnest(spans) AS span
$$;

-- The calendar dimension.
CREATE TABLE analytics.dates (
  day date PRIMARY KEY CHECK (isfinite(day)),
  year integer GENERATED ALWAYS AS (extract(year FROM day)::integer) STORED,
  quarter integer GENERATED ALWAYS AS (extract(quarter FROM day)::integer) STORED,
  month integer GENERATED ALWAYS AS (extract(month FROM day)::integer) STORED,
  day_of_month integer GENERATED ALWAYS AS (extract(day FROM day)::integer) STORED,
  day_of_year integer GENERATED ALWAYS AS (extract(doy FROM day)::integer) STORED,
  weekday integer GENERATED ALWAYS AS (extract(isodow FROM day)::integer) STORED,
  week_year integer GENERATED ALWAYS AS (extract(isoyear FROM day)::integer) STORED,
  week integer GENERATED ALWAYS AS (extract(week FROM day)::integer) STORED,
  week_starts_on date GENERATED ALWAYS AS (day - (extract(isodow FROM day)::integer - 1)) STORED,
  month_starts_on date GENERATED ALWAYS AS (day - (extract(day FROM day)::integer - 1)) STORED,
  is_weekend boolean GENERATED ALWAYS AS (extract(isodow FROM day) >= 6) STORED
);
COMMENT ON TABLE analytics.dates IS 'Days for reports to join and to group by, the same for everyone; whether a plant works on one stands in its shifts and closures. refresh() keeps five years ahead.';
COMMENT ON COLUMN analytics.dates.weekday IS 'ISO 8601, Monday 1.';
COMMENT ON COLUMN analytics.dates.week IS 'ISO 8601 week of week_year.';

CREATE FUNCTION analytics.extend_dates(until_day date) RETURNS void
  LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO analytics.dates (day)
    SELECT g::date FROM generate_series(
      coalesce((SELECT max(day) + 1 FROM analytics.dates), '2015-01-01')::timestamp, until_day::timestamp, interval '1 day') AS g
    ON CONFLICT DO NOTHING
$$;
DO $$ BEGIN PERFORM analytics.extend_dates((now() AT TIME ZONE 'UTC')::date + 1827); END $$;

-- When a lane was to work on a day. Written down when it is first asked for, so that a plant that changes its shifts
-- changes its days from then on and not its past.
CREATE TABLE analytics.lane_days (
  organization_id uuid NOT NULL,
  lane_id uuid NOT NULL,
  day date NOT NULL,
  plant_id uuid NOT NULL,
  shift_codes text[] NOT NULL,
  windows tstzrange[] NOT NULL,
  breaks_s integer[] NOT NULL,
  PRIMARY KEY (organization_id, lane_id, day),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  CHECK (cardinality(shift_codes) = cardinality(windows) AND cardinality(windows) = cardinality(breaks_s))
);
COMMENT ON TABLE analytics.lane_days IS 'The shifts of a lane that begin on a day of its plant, as they stood that day. Where two overlap, the later begins when the earlier ends. Closures are not taken out: they are dated themselves.';
COMMENT ON COLUMN analytics.lane_days.breaks_s IS 'Beside each shift: seconds in which nobody works.';

CREATE TABLE analytics.production_facts (
  organization_id uuid NOT NULL,
  operation_id uuid NOT NULL,
  day date NOT NULL,
  shift_code text NOT NULL,
  lane_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  work_order_id uuid NOT NULL,
  material_id uuid NOT NULL,
  material_version_id uuid,
  machine_id uuid,
  user_id uuid,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  planned_production_time_ms bigint NOT NULL CHECK (planned_production_time_ms >= 0),
  operating_time_ms bigint NOT NULL CHECK (operating_time_ms >= 0),
  target_cycle_time_ms bigint,
  planned_quantity numeric NOT NULL CHECK (planned_quantity >= 0),
  total_quantity numeric NOT NULL,
  good_quantity numeric NOT NULL CHECK (good_quantity >= 0 AND good_quantity <= total_quantity),
  scrap_quantity numeric NOT NULL CHECK (scrap_quantity >= 0),
  rework_quantity numeric NOT NULL CHECK (rework_quantity >= 0),
  unit text NOT NULL,
  is_running boolean NOT NULL,
  PRIMARY KEY (organization_id, operation_id, day, shift_code, lane_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (ended_at >= started_at)
);
COMMENT ON TABLE analytics.production_facts IS 'What was done on an operation in a shift, from production.logs. Times without end (started, never stopped) reach until the last refresh. One start and one end a fact, so ended_at may equal started_at where only a quantity was reported.';
COMMENT ON COLUMN analytics.production_facts.day IS 'Day of the plant on which the shift began; outside shifts the day itself.';
COMMENT ON COLUMN analytics.production_facts.shift_code IS 'Empty: outside the shifts of the lane.';
COMMENT ON COLUMN analytics.production_facts.lane_id IS 'Where it was logged, else where it was planned; zeros: nowhere said.';
COMMENT ON COLUMN analytics.production_facts.material_version_id IS 'The version of the material that held at started_at.';
COMMENT ON COLUMN analytics.production_facts.machine_id IS 'The machine of a lane that has one; NULL where it has several or none.';
COMMENT ON COLUMN analytics.production_facts.user_id IS 'Who reported last.';
COMMENT ON COLUMN analytics.production_facts.planned_production_time_ms IS 'From start or resumption to the end, pauses in between included, within the shift and without closures; outside shifts what was worked.';
COMMENT ON COLUMN analytics.production_facts.operating_time_ms IS 'Of that, what was worked: pauses taken out.';
COMMENT ON COLUMN analytics.production_facts.target_cycle_time_ms IS 'Planned time of one unit (ISO 22400-2, planned run time per item): of the material version, else of the machine.';
COMMENT ON COLUMN analytics.production_facts.planned_quantity IS 'What the planned time should have given at the operation''s planned duration.';
COMMENT ON COLUMN analytics.production_facts.rework_quantity IS 'Sent to rework by dispositions of non-conformances found on the operation in the shift.';
CREATE INDEX production_facts_day ON analytics.production_facts (organization_id, plant_id, day);
CREATE INDEX production_facts_lane ON analytics.production_facts (organization_id, lane_id, day);
CREATE INDEX production_facts_material ON analytics.production_facts (organization_id, material_id, day);
CREATE INDEX production_facts_running ON analytics.production_facts (organization_id, operation_id) WHERE is_running;

CREATE TABLE analytics.daily_production (
  organization_id uuid NOT NULL,
  operation_id uuid NOT NULL,
  day date NOT NULL,
  plant_id uuid NOT NULL,
  work_order_id uuid NOT NULL,
  material_id uuid NOT NULL,
  log_count integer NOT NULL CHECK (log_count > 0),
  issue_count integer NOT NULL CHECK (issue_count >= 0),
  good_quantity numeric NOT NULL CHECK (good_quantity >= 0),
  scrap_quantity numeric NOT NULL CHECK (scrap_quantity >= 0),
  total_quantity numeric NOT NULL,
  unit text NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, operation_id, day),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE analytics.daily_production IS 'What was logged on an operation on a day of its plant. Added up over days and orders it makes sense; over the operations of an order each piece would count as often as it was worked on, which the document''s sum by order does.';
CREATE INDEX daily_production_day ON analytics.daily_production (organization_id, plant_id, day);
CREATE INDEX daily_production_order ON analytics.daily_production (organization_id, work_order_id, day);

CREATE TABLE analytics.daily_oee (
  organization_id uuid NOT NULL,
  machine_id uuid NOT NULL,
  day date NOT NULL,
  shift_code text NOT NULL,
  plant_id uuid NOT NULL,
  lane_id uuid NOT NULL,
  planned_operation_time_ms bigint NOT NULL CHECK (planned_operation_time_ms > 0),
  planned_stop_time_ms bigint NOT NULL CHECK (planned_stop_time_ms >= 0),
  break_time_ms bigint NOT NULL CHECK (break_time_ms >= 0),
  planned_busy_time_ms bigint NOT NULL CHECK (planned_busy_time_ms >= 0),
  actual_production_time_ms bigint NOT NULL CHECK (actual_production_time_ms BETWEEN 0 AND planned_busy_time_ms),
  setup_time_ms bigint NOT NULL CHECK (setup_time_ms >= 0),
  idle_time_ms bigint NOT NULL CHECK (idle_time_ms >= 0),
  down_time_ms bigint NOT NULL CHECK (down_time_ms >= 0),
  offline_time_ms bigint NOT NULL CHECK (offline_time_ms >= 0),
  produced_quantity numeric CHECK (produced_quantity >= 0),
  good_quantity numeric CHECK (good_quantity >= 0),
  planned_run_time_ms numeric CHECK (planned_run_time_ms >= 0),
  availability_ratio double precision,
  effectiveness_ratio double precision,
  quality_ratio double precision,
  oee_ratio double precision,
  PRIMARY KEY (organization_id, machine_id, day, shift_code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE analytics.daily_oee IS 'OEE by ISO 22400-2 of a machine in a shift, from its states and counters. Ratios of a day, a lane or a plant are made of the sums of times and quantities, never of the mean of ratios: analytics.oee_by_day.';
COMMENT ON COLUMN analytics.daily_oee.day IS 'Day of the plant on which the shift began.';
COMMENT ON COLUMN analytics.daily_oee.planned_operation_time_ms IS 'ISO 22400-2:2014, clause 5 (planned operation time): the shift since the machine''s first known state, up to the last refresh, without closures.';
COMMENT ON COLUMN analytics.daily_oee.planned_stop_time_ms IS 'Planned down time: down times whose reason is planned and is not said to weigh on OEE.';
COMMENT ON COLUMN analytics.daily_oee.break_time_ms IS 'The break of the shift, in proportion to the part of it that is planned. It is taken from time in which the machine did not run: one that runs through loses nothing.';
COMMENT ON COLUMN analytics.daily_oee.planned_busy_time_ms IS 'PBT, ISO 22400-2:2014, clause 5 (planned busy time): planned operation time less planned down time and breaks.';
COMMENT ON COLUMN analytics.daily_oee.actual_production_time_ms IS 'APT, ISO 22400-2:2014, clause 5 (actual production time): running, within the planned busy time.';
COMMENT ON COLUMN analytics.daily_oee.setup_time_ms IS 'AUST, ISO 22400-2:2014, clause 5 (actual unit set-up time). With idle, down and offline time it is what the planned time went to besides running; the break is in one of them.';
COMMENT ON COLUMN analytics.daily_oee.produced_quantity IS 'PQ, ISO 22400-2:2014, clause 5 (produced quantity): steps of the machine''s own counters, each when it was told; one that went backwards began again at 0. NULL: it does not count.';
COMMENT ON COLUMN analytics.daily_oee.good_quantity IS 'GQ, ISO 22400-2:2014, clause 5 (good quantity).';
COMMENT ON COLUMN analytics.daily_oee.planned_run_time_ms IS 'PRI x PQ, ISO 22400-2:2014, clause 5 (planned run time per item): each item at the time that the machine''s version then had.';
COMMENT ON COLUMN analytics.daily_oee.availability_ratio IS 'APT / PBT, ISO 22400-2:2014, clause 6 (availability).';
COMMENT ON COLUMN analytics.daily_oee.effectiveness_ratio IS 'PRI x PQ / APT, ISO 22400-2:2014, clause 6 (effectiveness). Not cut off at 1, as the documents do: above it the planned run time is wrong, which a check tells.';
COMMENT ON COLUMN analytics.daily_oee.quality_ratio IS 'GQ / PQ, ISO 22400-2:2014, clause 6 (quality ratio); NULL when nothing was made.';
COMMENT ON COLUMN analytics.daily_oee.oee_ratio IS 'Availability x effectiveness x quality ratio, ISO 22400-2:2014, clause 6 (OEE index); 0 when nothing was made.';
CREATE INDEX daily_oee_day ON analytics.daily_oee (organization_id, plant_id, day);
CREATE INDEX daily_oee_lane ON analytics.daily_oee (organization_id, lane_id, day);

CREATE VIEW analytics.oee_by_day WITH (security_invoker = true) AS
  SELECT organization_id, plant_id, lane_id, machine_id, day, planned_busy_time_ms, actual_production_time_ms,
         planned_run_time_ms, produced_quantity, good_quantity, availability_ratio, effectiveness_ratio, quality_ratio,
         availability_ratio * CASE WHEN produced_quantity = 0 THEN 0 ELSE effectiveness_ratio * quality_ratio END AS oee_ratio
    FROM (
      SELECT *, actual_production_time_ms::double precision / nullif(planned_busy_time_ms, 0) AS availability_ratio,
             planned_run_time_ms::double precision / nullif(actual_production_time_ms, 0) AS effectiveness_ratio,
             good_quantity::double precision / nullif(produced_quantity, 0)::double precision AS quality_ratio
        FROM (
          SELECT organization_id, plant_id, lane_id, machine_id, day,
                 sum(planned_busy_time_ms) AS planned_busy_time_ms, sum(actual_production_time_ms) AS actual_production_time_ms,
                 sum(planned_run_time_ms) AS planned_run_time_ms, sum(produced_quantity) AS produced_quantity,
                 sum(good_quantity) AS good_quantity
            FROM analytics.daily_oee
            GROUP BY GROUPING SETS ((organization_id, plant_id, lane_id, machine_id, day),
              (organization_id, plant_id, lane_id, day), (organization_id, plant_id, day))) AS summed) AS ratios;
COMMENT ON VIEW analytics.oee_by_day IS 'OEE of machines, of lanes (machine NULL) and of plants (lane NULL too) by day, from the sums of what the shifts of daily_oee hold.';

CREATE TABLE analytics.reliability (
  organization_id uuid NOT NULL,
  machine_id uuid NOT NULL,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  plant_id uuid NOT NULL,
  operating_time_ms bigint NOT NULL CHECK (operating_time_ms >= 0),
  failure_count integer NOT NULL CHECK (failure_count >= 0),
  repaired_count integer NOT NULL CHECK (repaired_count BETWEEN 0 AND failure_count),
  repair_time_ms bigint NOT NULL CHECK (repair_time_ms >= 0),
  mean_time_between_failures_ms double precision,
  mean_time_to_repair_ms double precision,
  PRIMARY KEY (organization_id, machine_id, month),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE analytics.reliability IS 'Failures and operating time of a machine in a month of its plant, in the terms of ISO 14224:2016 (clause 3 and annex C).';
COMMENT ON COLUMN analytics.reliability.operating_time_ms IS 'Operating time (ISO 14224:2016, clause 3): the machine said that it ran; not the calendar''s time, and not bound to shifts.';
COMMENT ON COLUMN analytics.reliability.failure_count IS 'Down times that began in the month and whose reason is a failure. One without a reason yet is not counted until somebody gives it.';
COMMENT ON COLUMN analytics.reliability.repair_time_ms IS 'From failure to restoration of those that have ended, in the month in which they began.';
COMMENT ON COLUMN analytics.reliability.mean_time_between_failures_ms IS 'MTBF: operating time over failures (ISO 14224:2016, annex C); NULL without a failure.';
COMMENT ON COLUMN analytics.reliability.mean_time_to_repair_ms IS 'MTTR: repair time over failures repaired (ISO 14224:2016, annex C); NULL without one.';
CREATE INDEX reliability_month ON analytics.reliability (organization_id, plant_id, month);

CREATE VIEW analytics.reliability_summary WITH (security_invoker = true) AS
  SELECT organization_id, plant_id, machine_id, sum(operating_time_ms) AS operating_time_ms, sum(failure_count) AS failure_count,
         sum(repair_time_ms) AS repair_time_ms,
         sum(operating_time_ms)::double precision / nullif(sum(failure_count), 0) AS mean_time_between_failures_ms,
         sum(repair_time_ms)::double precision / nullif(sum(repaired_count), 0) AS mean_time_to_repair_ms
    FROM analytics.reliability WHERE month > (now() - interval '4 months')::date
    GROUP BY organization_id, plant_id, machine_id;
COMMENT ON VIEW analytics.reliability_summary IS 'MTBF and MTTR of each machine over the last three whole months and the one that runs.';

CREATE TABLE analytics.daily_spc (
  organization_id uuid NOT NULL,
  characteristic_id uuid NOT NULL,
  day date NOT NULL,
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  measurement_count integer NOT NULL CHECK (measurement_count > 0),
  outside_count integer NOT NULL CHECK (outside_count BETWEEN 0 AND measurement_count),
  subgroup_count integer NOT NULL CHECK (subgroup_count > 0),
  mean double precision NOT NULL,
  minimum double precision NOT NULL,
  maximum double precision NOT NULL CHECK (maximum >= minimum),
  sigma_overall double precision CHECK (sigma_overall >= 0),
  sigma_within double precision CHECK (sigma_within >= 0),
  sigma_method text CHECK (sigma_method IN ('range', 'pooled', 'moving_range')),
  cp double precision,
  cpk double precision,
  pp double precision,
  ppk double precision,
  PRIMARY KEY (organization_id, characteristic_id, day),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK ((sigma_within IS NULL) = (sigma_method IS NULL))
);
COMMENT ON TABLE analytics.daily_spc IS 'Measurements of a characteristic on a day of its plant: place, spread, capability and performance (ISO 22514-2), against the specification limits that hold now.';
COMMENT ON COLUMN analytics.daily_spc.outside_count IS 'Judged outside the limits that held then.';
COMMENT ON COLUMN analytics.daily_spc.sigma_overall IS 'Standard deviation of all measurements of the day; NULL for one.';
COMMENT ON COLUMN analytics.daily_spc.sigma_within IS 'Standard deviation within subgroups, by sigma_method; NULL where there is nothing to compare.';
COMMENT ON COLUMN analytics.daily_spc.sigma_method IS 'range: mean of R / d2 (ISO 7870-2; charts of mean and range, subgroups of 2 to 10). pooled: root of the pooled variance. moving_range: mean difference of neighbours / 1.128, where no subgroup has two.';
COMMENT ON COLUMN analytics.daily_spc.cp IS 'Capability: specification width over 6 sigma_within; NULL where a limit is missing.';
COMMENT ON COLUMN analytics.daily_spc.cpk IS 'Capability to the nearer limit over 3 sigma_within.';
COMMENT ON COLUMN analytics.daily_spc.pp IS 'Performance: as cp with sigma_overall.';
COMMENT ON COLUMN analytics.daily_spc.ppk IS 'As cpk with sigma_overall.';
CREATE INDEX daily_spc_day ON analytics.daily_spc (organization_id, plant_id, day);

CREATE TABLE analytics.weekly_quality (
  organization_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  week_starts_on date NOT NULL CHECK (extract(isodow FROM week_starts_on) = 1),
  material_id uuid NOT NULL,
  measurement_count integer NOT NULL,
  outside_count integer NOT NULL,
  inspection_count integer NOT NULL,
  passed_count integer NOT NULL,
  conditional_count integer NOT NULL,
  failed_count integer NOT NULL,
  ncr_count integer NOT NULL,
  ncr_closed_count integer NOT NULL,
  good_quantity numeric NOT NULL,
  scrap_quantity numeric NOT NULL,
  scrap_cost numeric(15, 2),
  scrap_currency text,
  inside_ratio double precision,
  pass_ratio double precision,
  scrap_ratio double precision,
  PRIMARY KEY (organization_id, plant_id, week_starts_on, material_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE analytics.weekly_quality IS 'Quality of a material in an ISO 8601 week of a plant.';
COMMENT ON COLUMN analytics.weekly_quality.material_id IS 'Zeros: not said.';
COMMENT ON COLUMN analytics.weekly_quality.inspection_count IS 'Inspections completed in the week, by result: passed, conditional, failed.';
COMMENT ON COLUMN analytics.weekly_quality.ncr_count IS 'Non-conformance reports of what was found in the week.';
COMMENT ON COLUMN analytics.weekly_quality.good_quantity IS 'As logged, with scrap_quantity; a piece counts at each operation.';
COMMENT ON COLUMN analytics.weekly_quality.scrap_cost IS 'Of the scrap records; NULL without any, and where they are in several currencies.';
COMMENT ON COLUMN analytics.weekly_quality.inside_ratio IS 'Measurements within specification.';
COMMENT ON COLUMN analytics.weekly_quality.pass_ratio IS 'First-pass yield of inspections: passed over completed.';
COMMENT ON COLUMN analytics.weekly_quality.scrap_ratio IS 'Scrap over good and scrap (ISO 22400-2:2014, clause 6, scrap ratio).';

CREATE TABLE analytics.monthly_inventory_turnover (
  organization_id uuid NOT NULL,
  material_id uuid NOT NULL,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  plant_id uuid NOT NULL,
  opening_quantity numeric NOT NULL,
  received_quantity numeric NOT NULL,
  issued_quantity numeric NOT NULL,
  adjusted_quantity numeric NOT NULL,
  closing_quantity numeric NOT NULL,
  unit text NOT NULL,
  issued_cost numeric(15, 2),
  currency text,
  turnover_ratio double precision,
  PRIMARY KEY (organization_id, material_id, month, plant_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (closing_quantity = opening_quantity + received_quantity - issued_quantity + adjusted_quantity)
);
COMMENT ON TABLE analytics.monthly_inventory_turnover IS 'Stock of a material in a month of a plant, also of one in which nothing moved: dead stock is what one looks for.';
COMMENT ON COLUMN analytics.monthly_inventory_turnover.issued_quantity IS 'What went out, above zero. Transfers stay within the plant and count nowhere.';
COMMENT ON COLUMN analytics.monthly_inventory_turnover.issued_cost IS 'By the layers that were taken; NULL where no cost is known.';
COMMENT ON COLUMN analytics.monthly_inventory_turnover.turnover_ratio IS 'Issued over the mean of opening and closing stock, times a month; NULL without stock.';
CREATE INDEX monthly_inventory_turnover_month ON analytics.monthly_inventory_turnover (organization_id, plant_id, month);

CREATE TABLE analytics.user_activity (
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  day date NOT NULL,
  plant_id uuid NOT NULL,
  production_log_count integer NOT NULL,
  measurement_count integer NOT NULL,
  scan_count integer NOT NULL,
  tasks_completed integer NOT NULL,
  comments_created integer NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, user_id, day),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE analytics.user_activity IS 'What a person recorded on a day; seen by administrators only. The document counted over thirty days up to now, which is a figure that ages: analytics.user_activity_30_days adds the days up.';
COMMENT ON COLUMN analytics.user_activity.day IS 'In the time zone of plant_id, the person''s home plant.';
CREATE INDEX user_activity_day ON analytics.user_activity (organization_id, day);

CREATE TABLE analytics.project_stats (
  organization_id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  total_tasks integer NOT NULL,
  completed_tasks integer NOT NULL,
  in_progress_tasks integer NOT NULL,
  todo_tasks integer NOT NULL,
  blocked_tasks integer NOT NULL,
  mean_completion_time_s double precision,
  last_activity_at timestamptz,
  PRIMARY KEY (organization_id, project_id)
);
COMMENT ON TABLE analytics.project_stats IS 'Tasks of a project by status.';
COMMENT ON COLUMN analytics.project_stats.mean_completion_time_s IS 'From creation to completion of the tasks that are done.';

CREATE TABLE analytics.operator_workload (
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  total_projects integer NOT NULL,
  total_service_orders integer NOT NULL,
  total_workload_s bigint NOT NULL,
  PRIMARY KEY (organization_id, user_id)
);
COMMENT ON TABLE analytics.operator_workload IS 'What a responsible operator has before them: projects and service orders that are not finished or cancelled. The document lost whoever has projects without orders; here they count with 0.';
COMMENT ON COLUMN analytics.operator_workload.total_workload_s IS 'Estimated duration of the service orders.';

CREATE TABLE analytics.sensor_5min (
  organization_id uuid NOT NULL,
  sensor_no integer NOT NULL,
  starts_at timestamptz NOT NULL,
  plant_id uuid NOT NULL,
  sample_count integer NOT NULL CHECK (sample_count > 0),
  mean double precision NOT NULL,
  minimum double precision NOT NULL,
  maximum double precision NOT NULL,
  PRIMARY KEY (organization_id, sensor_no, starts_at),
  FOREIGN KEY (organization_id, sensor_no) REFERENCES equipment.sensors (organization_id, sensor_no)
);
COMMENT ON TABLE analytics.sensor_5min IS 'Readings of a sensor in five minutes, packed ones too; bad ones (OPC-UA quality 2) are left out.';
CREATE INDEX sensor_5min_at ON analytics.sensor_5min USING brin (starts_at);

-- The definitions. Each takes an organization, a subject (NULL: all), the first and the last period, and the time as of
-- which what has no end yet is counted. SQL functions of one statement, so that the planner sees into them.

-- Shifts of a plant among some codes, that begin on some days.
CREATE FUNCTION analytics.shift_windows(organization uuid, plant uuid, codes text[], first_day date, last_day date)
  RETURNS TABLE (day date, shift_code text, starts_at timestamptz, ends_at timestamptz, break_s integer)
  LANGUAGE sql STABLE
AS $$
  SELECT w.day, w.code, w.begins, w.ends_at, w.break_s FROM (
    SELECT d.day, s.code, s.break_s, e.ends_at,
           greatest(b.starts_at, max(e.ends_at) OVER (ORDER BY b.starts_at, e.ends_at DESC, s.code
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS begins
      FROM org.plants p
      -- A shift that began the day before can reach into the first.
      CROSS JOIN LATERAL (SELECT g::date AS day FROM generate_series((first_day - 1)::timestamp, last_day::timestamp, interval '1 day') AS g) d
      JOIN production.shifts s ON s.organization_id = p.organization_id AND s.plant_id = p.id AND s.active
        AND s.code = ANY (codes) AND extract(isodow FROM d.day)::integer = ANY (s.weekdays)
      CROSS JOIN LATERAL (SELECT analytics.instant_of(d.day + s.starts_at, p.time_zone) AS starts_at) b
      CROSS JOIN LATERAL (SELECT analytics.instant_of(
        d.day + CASE WHEN s.ends_at <= s.starts_at THEN 1 ELSE 0 END + s.ends_at, p.time_zone) AS ends_at) e
      WHERE p.organization_id = organization AND p.id = plant AND e.ends_at > b.starts_at) w
    WHERE w.begins < w.ends_at AND w.day >= first_day
$$;

-- Writes down the days of a lane that are not written down yet.
CREATE FUNCTION analytics.plan_lane_days(organization uuid, lane uuid, first_day date, last_day date) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(format('analytics.lane_days %s', organization), 0));
  INSERT INTO analytics.lane_days (organization_id, lane_id, day, plant_id, shift_codes, windows, breaks_s)
    SELECT l.organization_id, l.id, g::date, l.plant_id,
           coalesce(array_agg(w.shift_code ORDER BY w.starts_at) FILTER (WHERE w.day IS NOT NULL), '{}'),
           coalesce(array_agg(tstzrange(w.starts_at, w.ends_at) ORDER BY w.starts_at) FILTER (WHERE w.day IS NOT NULL), '{}'),
           coalesce(array_agg(w.break_s ORDER BY w.starts_at) FILTER (WHERE w.day IS NOT NULL), '{}')
      FROM production.lanes l
      CROSS JOIN generate_series(first_day::timestamp, last_day::timestamp, interval '1 day') AS g
      LEFT JOIN LATERAL analytics.shift_windows(l.organization_id, l.plant_id, l.shift_codes, g::date, g::date) w ON true
      WHERE l.organization_id = organization AND l.id = lane
        AND NOT EXISTS (SELECT FROM analytics.lane_days d
          WHERE d.organization_id = l.organization_id AND d.lane_id = l.id AND d.day = g::date)
      GROUP BY l.organization_id, l.id, l.plant_id, g
    ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION analytics.daily_production_of(organization uuid, operation uuid DEFAULT NULL, first_day date DEFAULT '-infinity',
    last_day date DEFAULT 'infinity', as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.daily_production
  LANGUAGE sql STABLE
AS $$
  SELECT o.organization_id, o.id, d.day, o.plant_id, o.work_order_id, w.material_id, count(*)::integer,
         count(*) FILTER (WHERE g.event = 'issue')::integer, sum(g.good_quantity), sum(g.scrap_quantity),
         sum(g.good_quantity + g.scrap_quantity), w.unit, min(g.at), max(g.at)
    FROM production.operations o
    JOIN production.work_orders w ON w.organization_id = o.organization_id AND w.id = o.work_order_id
    JOIN org.plants p ON p.organization_id = o.organization_id AND p.id = o.plant_id
    JOIN production.logs g ON g.organization_id = o.organization_id AND g.operation_id = o.id
      AND g.at >= (first_day - 1)::timestamp AT TIME ZONE 'UTC' AND g.at < (last_day + 2)::timestamp AT TIME ZONE 'UTC'
    CROSS JOIN LATERAL (SELECT (g.at AT TIME ZONE p.time_zone)::date AS day) d
    WHERE o.organization_id = organization AND (operation IS NULL OR o.id = operation) AND d.day BETWEEN first_day AND last_day
    GROUP BY o.organization_id, o.id, d.day, w.organization_id, w.id
$$;

-- Each shift by itself: what its machine did in it follows from the states and counters from the last ones before it on.
-- A counter's step belongs to the shift in which it was told, its end included: the last word of a shift comes at its end.
CREATE FUNCTION analytics.daily_oee_of(organization uuid, machine uuid DEFAULT NULL, first_day date DEFAULT '-infinity',
    last_day date DEFAULT 'infinity', as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.daily_oee
  LANGUAGE sql STABLE
AS $$
  SELECT v.organization_id, v.machine_id, d.day, w.shift_code, d.plant_id, d.lane_id, t.operation_ms, t.stop_ms,
         b.break_ms, t.open_ms - b.break_ms, t.running_ms, t.setup_ms, t.idle_ms, t.down_ms, t.offline_ms,
         c.produced, c.good, c.run_ms,
         r.availability, r.effectiveness, r.quality,
         r.availability * CASE WHEN c.produced = 0 THEN 0 ELSE r.effectiveness * r.quality END
    FROM equipment.machine_versions v
    JOIN analytics.lane_days d ON d.organization_id = v.organization_id AND d.lane_id = v.lane_id
      AND d.day BETWEEN first_day AND last_day
    CROSS JOIN LATERAL unnest(d.shift_codes, d.windows, d.breaks_s) AS w (shift_code, span, break_s)
    CROSS JOIN LATERAL (
      SELECT min(h.at) AS at FROM equipment.status_history h
        WHERE h.organization_id = v.organization_id AND h.machine_id = v.machine_id) known
    CROSS JOIN LATERAL (
      SELECT coalesce(range_agg(tstzrange(e.starts_at, e.ends_at)), '{}') AS spans FROM production.closures e
        WHERE e.organization_id = v.organization_id AND e.plant_id = d.plant_id AND (e.lane_id IS NULL OR e.lane_id = d.lane_id)
          AND e.starts_at < upper(w.span) AND e.ends_at > lower(w.span)) closed
    CROSS JOIN LATERAL (
      SELECT coalesce(range_agg(tstzrange(e.started_at, e.ended_at)), '{}') AS spans
        FROM equipment.downtime_events e
        JOIN equipment.downtime_reasons q ON q.organization_id = e.organization_id AND q.code = e.reason_code
        WHERE e.organization_id = v.organization_id AND e.machine_id = v.machine_id AND NOT q.affects_oee
          AND e.started_at < upper(w.span) AND (e.ended_at IS NULL OR e.ended_at > lower(w.span))) stopped
    CROSS JOIN LATERAL (
      SELECT coalesce(range_agg(s.span) FILTER (WHERE s.state = 'running'), '{}') AS running,
             coalesce(range_agg(s.span) FILTER (WHERE s.state = 'setup'), '{}') AS setup,
             coalesce(range_agg(s.span) FILTER (WHERE s.state IN ('idle', 'available')), '{}') AS idle,
             coalesce(range_agg(s.span) FILTER (WHERE s.state IN ('down', 'maintenance')), '{}') AS down,
             coalesce(range_agg(s.span) FILTER (WHERE s.state IN ('offline', 'decommissioned')), '{}') AS offline,
             coalesce(range_agg(s.span) FILTER (WHERE NOT q.affects_oee), '{}') AS stopped
        FROM (
          SELECT h.state, h.reason_code, tstzrange(h.at, lead(h.at) OVER (ORDER BY h.at, h.recorded_at, h.id)) AS span
            FROM equipment.status_history h
            WHERE h.organization_id = v.organization_id AND h.machine_id = v.machine_id AND h.at < upper(w.span)
              AND h.at >= coalesce((SELECT max(before.at) FROM equipment.status_history before
                WHERE before.organization_id = v.organization_id AND before.machine_id = v.machine_id
                  AND before.at <= lower(w.span)), lower(w.span))) s
        LEFT JOIN equipment.downtime_reasons q ON q.organization_id = v.organization_id AND q.code = s.reason_code) states
    CROSS JOIN LATERAL (
      SELECT tstzmultirange(w.span * tstzrange(known.at, greatest(known.at, as_of))) - closed.spans AS operation) scheduled
    CROSS JOIN LATERAL (
      SELECT scheduled.operation, scheduled.operation - (stopped.spans + states.stopped) AS open) planned
    CROSS JOIN LATERAL (
      SELECT analytics.milliseconds(planned.operation) AS operation_ms, analytics.milliseconds(planned.open) AS open_ms,
             analytics.milliseconds(planned.operation) - analytics.milliseconds(planned.open) AS stop_ms,
             analytics.milliseconds(planned.open * states.running) AS running_ms,
             analytics.milliseconds(planned.open * states.setup) AS setup_ms,
             analytics.milliseconds(planned.open * states.idle) AS idle_ms,
             analytics.milliseconds(planned.open * states.down) AS down_ms,
             analytics.milliseconds(planned.open * states.offline) AS offline_ms) t
    CROSS JOIN LATERAL (
      SELECT least(t.open_ms - t.running_ms, w.break_s * 1000 * t.open_ms / analytics.milliseconds(tstzmultirange(w.span))) AS break_ms) b
    CROSS JOIN LATERAL (
      SELECT sum(k.good + k.rejected) AS produced, sum(k.good) AS good, sum((k.good + k.rejected) * m.ideal_cycle_time_ms) AS run_ms
        FROM (
          -- A counter below its last reading began again at 0; the first reading ever has nothing to step from.
          SELECT h.at,
                 coalesce(CASE WHEN h.good_count < lag(h.good_count) OVER told THEN h.good_count
                               ELSE h.good_count - lag(h.good_count) OVER told END, 0)::numeric AS good,
                 coalesce(CASE WHEN h.reject_count < lag(h.reject_count) OVER told THEN h.reject_count
                               ELSE h.reject_count - lag(h.reject_count) OVER told END, 0)::numeric AS rejected
            FROM equipment.status_history h
            WHERE h.organization_id = v.organization_id AND h.machine_id = v.machine_id AND h.good_count IS NOT NULL
              AND h.quality <> 'bad' AND h.at <= upper(w.span) AND h.at <= as_of
              AND h.at >= coalesce((SELECT max(before.at) FROM equipment.status_history before
                WHERE before.organization_id = v.organization_id AND before.machine_id = v.machine_id
                  AND before.good_count IS NOT NULL AND before.quality <> 'bad' AND before.at <= lower(w.span)), lower(w.span))
            WINDOW told AS (ORDER BY h.at, h.recorded_at, h.id)) k
        JOIN equipment.machine_versions m ON m.organization_id = v.organization_id AND m.machine_id = v.machine_id
          AND m.valid_from <= k.at AND k.at < m.valid_to
        WHERE k.at > lower(w.span)) c
    CROSS JOIN LATERAL (
      SELECT t.running_ms::double precision / nullif(t.open_ms - b.break_ms, 0) AS availability,
             c.run_ms::double precision / nullif(t.running_ms, 0) AS effectiveness,
             c.good::double precision / nullif(c.produced, 0)::double precision AS quality) r
    WHERE v.organization_id = organization AND (machine IS NULL OR v.machine_id = machine)
      AND lower(w.span) >= v.valid_from AND lower(w.span) < v.valid_to AND lower(w.span) < as_of AND upper(w.span) > known.at
      AND t.operation_ms > 0
$$;

CREATE FUNCTION analytics.reliability_of(organization uuid, machine uuid DEFAULT NULL, first_month date DEFAULT '-infinity',
    last_month date DEFAULT 'infinity', as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.reliability
  LANGUAGE sql STABLE
AS $$
  SELECT m.organization_id, m.id, c.month, m.plant_id, run.ms, f.failures, f.repaired, f.repair_ms,
         run.ms::double precision / nullif(f.failures, 0), f.repair_ms::double precision / nullif(f.repaired, 0)
    FROM equipment.machines m
    JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
    CROSS JOIN LATERAL (
      SELECT least((SELECT min(h.at) FROM equipment.status_history h
                      WHERE h.organization_id = m.organization_id AND h.machine_id = m.id),
                   (SELECT min(e.started_at) FROM equipment.downtime_events e
                      WHERE e.organization_id = m.organization_id AND e.machine_id = m.id)) AS at) known
    CROSS JOIN LATERAL (
      SELECT g::date AS month FROM generate_series(
        -- No beginning, no months: a series from -infinity has no end.
        CASE WHEN known.at IS NOT NULL THEN greatest(date_trunc('month', known.at AT TIME ZONE p.time_zone), first_month::timestamp) END,
        least(date_trunc('month', as_of AT TIME ZONE p.time_zone), last_month::timestamp), interval '1 month') AS g) c
    CROSS JOIN LATERAL (
      SELECT analytics.instant_of(c.month::timestamp, p.time_zone) AS starts_at,
             analytics.instant_of(c.month + interval '1 month', p.time_zone) AS ends_at) b
    CROSS JOIN LATERAL (
      SELECT analytics.milliseconds(coalesce(range_agg(s.span) FILTER (WHERE s.state = 'running'), '{}')
               * tstzmultirange(tstzrange(b.starts_at, least(b.ends_at, as_of)))) AS ms
        FROM (
          SELECT h.state, tstzrange(h.at, lead(h.at) OVER (ORDER BY h.at, h.recorded_at, h.id)) AS span
            FROM equipment.status_history h
            WHERE h.organization_id = m.organization_id AND h.machine_id = m.id AND h.at < b.ends_at
              AND h.at >= coalesce((SELECT max(before.at) FROM equipment.status_history before
                WHERE before.organization_id = m.organization_id AND before.machine_id = m.id
                  AND before.at <= b.starts_at), b.starts_at)) s) run
    CROSS JOIN LATERAL (
      SELECT count(*)::integer AS failures, count(e.ended_at)::integer AS repaired,
             coalesce(sum(extract(epoch FROM e.ended_at - e.started_at) * 1000), 0)::bigint AS repair_ms
        FROM equipment.downtime_events e
        JOIN equipment.downtime_reasons q ON q.organization_id = e.organization_id AND q.code = e.reason_code
        WHERE e.organization_id = m.organization_id AND e.machine_id = m.id AND q.is_failure
          AND e.started_at >= b.starts_at AND e.started_at < b.ends_at) f
    WHERE m.organization_id = organization AND (machine IS NULL OR m.id = machine) AND b.starts_at < as_of
$$;

CREATE FUNCTION analytics.daily_spc_of(organization uuid, characteristic uuid DEFAULT NULL, first_day date DEFAULT '-infinity',
    last_day date DEFAULT 'infinity', as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.daily_spc
  LANGUAGE sql STABLE
AS $$
  WITH reading AS (
    SELECT c.organization_id, c.id AS characteristic_id, d.day, c.plant_id, c.material_id, c.chart, c.lower_limit, c.upper_limit,
           m.value, m.inside, m.at, m.id,
           abs(m.value - lag(m.value) OVER (PARTITION BY c.id, d.day ORDER BY m.at, m.id)) AS moving_range,
           -- A number is one within an operation or an inspection; without numbers, so many in order of time.
           CASE WHEN m.subgroup IS NOT NULL THEN concat_ws(' ', m.operation_id, m.inspection_id, m.subgroup)
             ELSE (((row_number() OVER (PARTITION BY c.id, d.day, m.subgroup IS NULL ORDER BY m.at, m.id)) - 1) / c.subgroup_size)::text
           END AS subgroup
      FROM quality.characteristics c
      JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id
      JOIN quality.measurements m ON m.organization_id = c.organization_id AND m.characteristic_id = c.id
        AND m.at >= (first_day - 1)::timestamp AT TIME ZONE 'UTC' AND m.at < (last_day + 2)::timestamp AT TIME ZONE 'UTC'
      CROSS JOIN LATERAL (SELECT (m.at AT TIME ZONE p.time_zone)::date AS day) d
      WHERE c.organization_id = organization AND (characteristic IS NULL OR c.id = characteristic)
        AND d.day BETWEEN first_day AND last_day),
  subgroup AS (
    SELECT characteristic_id, day, subgroup, count(*)::integer AS n, max(value) - min(value) AS range,
           var_samp(value ORDER BY at, id) AS variance, min(at) AS at
      FROM reading GROUP BY characteristic_id, day, subgroup),
  within AS (
    SELECT characteristic_id, day, count(*)::integer AS subgroups, max(n) AS largest, min(n) AS smallest,
           sqrt(sum((n - 1) * variance ORDER BY at, subgroup) / nullif(sum(n - 1), 0)) AS pooled,
           -- d2 of ISO 7870-2 for subgroups of 2 to 10.
           avg(range / ('{1.128,1.693,2.059,2.326,2.534,2.704,2.847,2.970,3.078}'::double precision[])[n - 1] ORDER BY at, subgroup)
             FILTER (WHERE n BETWEEN 2 AND 10) AS by_range
      FROM subgroup GROUP BY characteristic_id, day),
  whole AS (
    SELECT r.organization_id, r.characteristic_id, r.day, r.plant_id, r.material_id, r.chart, r.lower_limit, r.upper_limit,
           count(*)::integer AS n, count(*) FILTER (WHERE NOT r.inside)::integer AS outside,
           avg(r.value ORDER BY r.at, r.id) AS mean, min(r.value) AS minimum, max(r.value) AS maximum,
           stddev_samp(r.value ORDER BY r.at, r.id) AS overall, avg(r.moving_range ORDER BY r.at, r.id) / 1.128 AS by_moving_range
      FROM reading r
      GROUP BY r.organization_id, r.characteristic_id, r.day, r.plant_id, r.material_id, r.chart, r.lower_limit, r.upper_limit)
  SELECT a.organization_id, a.characteristic_id, a.day, a.plant_id, a.material_id, a.n, a.outside, w.subgroups, a.mean, a.minimum,
         a.maximum, a.overall, s.sigma, s.method,
         (a.upper_limit - a.lower_limit) / (6 * nullif(s.sigma, 0)),
         least(a.upper_limit - a.mean, a.mean - a.lower_limit) / (3 * nullif(s.sigma, 0)),
         (a.upper_limit - a.lower_limit) / (6 * nullif(a.overall, 0)),
         least(a.upper_limit - a.mean, a.mean - a.lower_limit) / (3 * nullif(a.overall, 0))
    FROM whole a
    JOIN within w ON w.characteristic_id = a.characteristic_id AND w.day = a.day
    CROSS JOIN LATERAL (SELECT
      CASE WHEN a.chart = 'xbar_r' AND w.smallest >= 2 AND w.largest <= 10 THEN 'range'
           WHEN w.largest >= 2 THEN 'pooled' WHEN a.n >= 2 THEN 'moving_range' END AS method) chosen
    CROSS JOIN LATERAL (SELECT chosen.method, CASE chosen.method WHEN 'range' THEN w.by_range WHEN 'pooled' THEN w.pooled
      WHEN 'moving_range' THEN a.by_moving_range END AS sigma) s
$$;

CREATE FUNCTION analytics.sensor_5min_of(organization uuid, sensor integer DEFAULT NULL, first_at timestamptz DEFAULT '-infinity',
    last_at timestamptz DEFAULT 'infinity', as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.sensor_5min
  LANGUAGE sql STABLE
AS $$
  SELECT s.organization_id, s.sensor_no, date_bin('5 minutes', r.at, '2000-01-01 00:00:00+00'), s.plant_id, count(*)::integer,
         avg(r.value ORDER BY r.at), min(r.value), max(r.value)
    FROM equipment.sensors s
    JOIN equipment.readings r ON r.organization_id = s.organization_id AND r.sensor_no = s.sensor_no AND r.quality < 2
      AND r.at >= first_at AND r.at < last_at + interval '5 minutes'
      AND r.hour_at >= date_trunc('hour', first_at, 'UTC') AND r.hour_at <= last_at
    WHERE s.organization_id = organization AND (sensor IS NULL OR s.sensor_no = sensor)
    GROUP BY s.organization_id, s.sensor_no, s.plant_id, 3
$$;

-- Stock before a month: that which the last month that stands ended with, and what moved since.
CREATE FUNCTION analytics.monthly_inventory_turnover_of(organization uuid, material uuid DEFAULT NULL,
    first_month date DEFAULT '-infinity', last_month date DEFAULT 'infinity', as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.monthly_inventory_turnover
  LANGUAGE sql STABLE
AS $$
  WITH place AS (
    SELECT m.organization_id, m.id AS material_id, m.unit, m.currency, p.id AS plant_id, p.time_zone, known.at, base.month, base.closing_quantity
      FROM material.materials m
      JOIN org.plants p ON p.organization_id = m.organization_id
      CROSS JOIN LATERAL (
        SELECT min(t.at) AS at FROM material.transactions t
          WHERE t.organization_id = m.organization_id AND t.material_id = m.id AND t.plant_id = p.id) known
      LEFT JOIN LATERAL (
        SELECT r.month, r.closing_quantity FROM analytics.monthly_inventory_turnover r
          WHERE r.organization_id = m.organization_id AND r.material_id = m.id AND r.plant_id = p.id
            AND r.month < analytics.standing_before('monthly_inventory_turnover', as_of)
          ORDER BY r.month DESC LIMIT 1) base ON true
      WHERE m.organization_id = organization AND (material IS NULL OR m.id = material)
        AND (known.at IS NOT NULL OR base.month IS NOT NULL))
  SELECT l.organization_id, l.material_id, c.month, l.plant_id, before.quantity, moved.received, moved.issued, moved.adjusted,
         after.quantity, l.unit, cost.amount, CASE WHEN cost.amount IS NOT NULL THEN cost.currency END,
         moved.issued::double precision / nullif((before.quantity + after.quantity) / 2, 0)::double precision
    FROM place l
    CROSS JOIN LATERAL (
      SELECT g::date AS month FROM generate_series(
        greatest(least(date_trunc('month', l.at AT TIME ZONE l.time_zone), (l.month + interval '1 month')),
                 l.month + interval '1 month', first_month::timestamp),
        least(date_trunc('month', as_of AT TIME ZONE l.time_zone), last_month::timestamp), interval '1 month') AS g) c
    CROSS JOIN LATERAL (
      SELECT analytics.instant_of(c.month::timestamp, l.time_zone) AS starts_at,
             analytics.instant_of(c.month + interval '1 month', l.time_zone) AS ends_at,
             coalesce(analytics.instant_of(l.month + interval '1 month', l.time_zone), '-infinity') AS base_at) b
    CROSS JOIN LATERAL (
      SELECT coalesce(l.closing_quantity, 0) + coalesce(sum(t.quantity), 0) AS quantity FROM material.transactions t
        WHERE t.organization_id = l.organization_id AND t.material_id = l.material_id AND t.plant_id = l.plant_id
          AND t.at >= b.base_at AND t.at < b.starts_at) before
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(t.quantity) FILTER (WHERE t.kind = 'receipt'), 0) AS received,
             coalesce(-sum(t.quantity) FILTER (WHERE t.kind = 'issue'), 0) AS issued,
             coalesce(sum(t.quantity) FILTER (WHERE t.kind NOT IN ('receipt', 'issue')), 0) AS adjusted,
             count(*) AS moves
        FROM material.transactions t
        WHERE t.organization_id = l.organization_id AND t.material_id = l.material_id AND t.plant_id = l.plant_id
          AND t.at >= b.starts_at AND t.at < b.ends_at) moved
    CROSS JOIN LATERAL (SELECT before.quantity + moved.received - moved.issued + moved.adjusted AS quantity) after
    CROSS JOIN LATERAL (
      SELECT sum(k.quantity * k.unit_cost)::numeric(15, 2) AS amount, max(k.currency) AS currency
        FROM material.transaction_costs k
        JOIN material.transactions t ON t.organization_id = k.organization_id AND t.at = k.at AND t.id = k.transaction_id
        WHERE k.organization_id = l.organization_id AND k.material_id = l.material_id AND k.plant_id = l.plant_id
          AND k.at >= b.starts_at AND k.at < b.ends_at AND t.kind = 'issue') cost
    WHERE moved.moves > 0 OR before.quantity <> 0
$$;

CREATE FUNCTION analytics.weekly_quality_of(organization uuid, plant uuid DEFAULT NULL, first_week date DEFAULT '-infinity',
    last_week date DEFAULT 'infinity', as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.weekly_quality
  LANGUAGE sql STABLE
AS $$
  SELECT f.organization_id, f.plant_id, k.week, coalesce(f.material_id, '00000000-0000-0000-0000-000000000000'),
         sum(f.measurements)::integer, sum(f.outside)::integer, sum(f.passed + f.conditional + f.failed)::integer,
         sum(f.passed)::integer, sum(f.conditional)::integer, sum(f.failed)::integer, sum(f.ncrs)::integer, sum(f.closed)::integer,
         sum(f.good), sum(f.scrap),
         CASE WHEN count(DISTINCT f.currency) = 1 THEN sum(f.cost)::numeric(15, 2) END,
         CASE WHEN count(DISTINCT f.currency) = 1 THEN max(f.currency) END,
         1 - sum(f.outside)::double precision / nullif(sum(f.measurements), 0),
         sum(f.passed)::double precision / nullif(sum(f.passed + f.conditional + f.failed), 0),
         sum(f.scrap)::double precision / nullif(sum(f.good + f.scrap), 0)::double precision
    FROM (
      SELECT m.organization_id, m.plant_id, c.material_id, m.at, 1 AS measurements, CASE WHEN m.inside THEN 0 ELSE 1 END AS outside,
             0 AS passed, 0 AS conditional, 0 AS failed, 0 AS ncrs, 0 AS closed, 0::numeric AS good, 0::numeric AS scrap,
             NULL::numeric AS cost, NULL::text AS currency
        FROM quality.measurements m
        JOIN quality.characteristics c ON c.organization_id = m.organization_id AND c.id = m.characteristic_id
      UNION ALL
      SELECT i.organization_id, i.plant_id, coalesce(i.material_id, w.material_id), i.completed_at, 0, 0,
             CASE i.result WHEN 'passed' THEN 1 ELSE 0 END, CASE i.result WHEN 'conditional' THEN 1 ELSE 0 END,
             CASE i.result WHEN 'failed' THEN 1 ELSE 0 END, 0, 0, 0, 0, NULL, NULL
        FROM quality.inspections i
        LEFT JOIN production.operations o ON o.organization_id = i.organization_id AND o.id = i.operation_id
        LEFT JOIN production.work_orders w ON w.organization_id = i.organization_id AND w.id = coalesce(i.work_order_id, o.work_order_id)
        WHERE i.result IS NOT NULL
      UNION ALL
      SELECT n.organization_id, n.plant_id, n.material_id, n.detected_at, 0, 0, 0, 0, 0, 1, 0, 0, 0, NULL, NULL FROM quality.ncrs n
      UNION ALL
      SELECT n.organization_id, n.plant_id, n.material_id, n.closed_at, 0, 0, 0, 0, 0, 0, 1, 0, 0, NULL, NULL FROM quality.ncrs n
        WHERE n.closed_at IS NOT NULL
      UNION ALL
      SELECT g.organization_id, g.plant_id, w.material_id, g.at, 0, 0, 0, 0, 0, 0, 0, g.good_quantity, g.scrap_quantity, NULL, NULL
        FROM production.logs g
        JOIN production.operations o ON o.organization_id = g.organization_id AND o.id = g.operation_id
        JOIN production.work_orders w ON w.organization_id = o.organization_id AND w.id = o.work_order_id
        WHERE g.good_quantity + g.scrap_quantity > 0
      UNION ALL
      SELECT s.organization_id, s.plant_id, s.material_id, s.at, 0, 0, 0, 0, 0, 0, 0, 0, 0, s.cost, s.currency
        FROM quality.scrap_records s WHERE s.cost IS NOT NULL) f
    JOIN org.plants p ON p.organization_id = f.organization_id AND p.id = f.plant_id
    CROSS JOIN LATERAL (SELECT date_trunc('week', f.at AT TIME ZONE p.time_zone)::date AS week) k
    WHERE f.organization_id = organization AND (plant IS NULL OR f.plant_id = plant) AND k.week BETWEEN first_week AND last_week
      AND f.at >= (first_week - 1)::timestamp AT TIME ZONE 'UTC' AND f.at < (last_week + 8)::timestamp AT TIME ZONE 'UTC'
    GROUP BY f.organization_id, f.plant_id, k.week, coalesce(f.material_id, '00000000-0000-0000-0000-000000000000')
$$;

CREATE FUNCTION analytics.user_activity_of(organization uuid, same_organization uuid DEFAULT NULL, first_day date DEFAULT '-infinity',
    last_day date DEFAULT 'infinity', as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.user_activity
  LANGUAGE sql STABLE
AS $$
  SELECT u.organization_id, u.id, d.day, u.home_plant_id, sum(f.logs)::integer, sum(f.measurements)::integer, sum(f.scans)::integer,
         sum(f.tasks)::integer, sum(f.comments)::integer, min(f.at), max(f.at)
    FROM (
      SELECT g.organization_id, g.user_id, g.at, 1 AS logs, 0 AS measurements, 0 AS scans, 0 AS tasks, 0 AS comments FROM production.logs g
      UNION ALL SELECT m.organization_id, m.user_id, m.at, 0, 1, 0, 0, 0 FROM quality.measurements m
      UNION ALL SELECT s.organization_id, s.user_id, s.at, 0, 0, 1, 0, 0 FROM trace.scans s
      UNION ALL SELECT t.organization_id, t.assignee_id, t.completed_at, 0, 0, 0, 1, 0 FROM project.tasks t
        WHERE t.completed_at IS NOT NULL AND t.assignee_id IS NOT NULL AND t.deleted_at IS NULL
      UNION ALL SELECT c.organization_id, c.author_id, c.written_at, 0, 0, 0, 0, 1 FROM project.comments c WHERE c.deleted_at IS NULL) f
    JOIN identity.users u ON u.organization_id = f.organization_id AND u.id = f.user_id
    JOIN org.plants p ON p.organization_id = u.organization_id AND p.id = u.home_plant_id
    CROSS JOIN LATERAL (SELECT (f.at AT TIME ZONE p.time_zone)::date AS day) d
    WHERE f.organization_id = organization AND d.day BETWEEN first_day AND last_day
      AND f.at >= (first_day - 1)::timestamp AT TIME ZONE 'UTC' AND f.at < (last_day + 2)::timestamp AT TIME ZONE 'UTC'
    GROUP BY u.organization_id, u.id, d.day, u.home_plant_id
$$;

CREATE FUNCTION analytics.operator_workload_of(organization uuid, operator uuid DEFAULT NULL, as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.operator_workload
  LANGUAGE sql STABLE
AS $$
  SELECT p.organization_id, p.owner_id, count(DISTINCT p.id)::integer, count(s.id)::integer, coalesce(sum(s.estimated_duration_s), 0)
    FROM project.projects p
    LEFT JOIN orders.service_orders s ON s.organization_id = p.organization_id AND s.project_id = p.id
      AND s.status NOT IN ('completed', 'closed', 'cancelled')
    WHERE p.organization_id = organization AND p.owner_id IS NOT NULL AND (operator IS NULL OR p.owner_id = operator)
      AND p.status NOT IN ('completed', 'cancelled', 'archived') AND p.deleted_at IS NULL
    GROUP BY p.organization_id, p.owner_id
$$;

-- An operation runs from start or resumption to the next pause, completion, start or resumption, and is on its lane from
-- start to completion, pauses that were ended included. Each stretch is cut by the lane's shifts; what remains is work outside
-- of them. A report belongs to the shift in which it was made, the shift's end included.
CREATE FUNCTION analytics.production_facts_of(organization uuid, operation uuid DEFAULT NULL, as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.production_facts
  LANGUAGE sql STABLE
AS $$
  WITH chosen AS (
    SELECT o.organization_id, o.id, o.plant_id, o.work_order_id, o.duration_s, p.time_zone, w.material_id, w.quantity, w.unit,
           coalesce(o.lane_id, '00000000-0000-0000-0000-000000000000') AS planned_lane_id
      FROM production.operations o
      JOIN production.work_orders w ON w.organization_id = o.organization_id AND w.id = o.work_order_id
      JOIN org.plants p ON p.organization_id = o.organization_id AND p.id = o.plant_id
      WHERE o.organization_id = organization AND (operation IS NULL OR o.id = operation)),
  log AS (
    SELECT c.id AS operation_id, c.time_zone, coalesce(g.lane_id, c.planned_lane_id) AS lane_id, g.event, g.good_quantity,
           g.scrap_quantity, g.user_id, g.at, g.recorded_at, g.id
      FROM chosen c JOIN production.logs g ON g.organization_id = c.organization_id AND g.operation_id = c.id),
  step AS (
    SELECT operation_id, time_zone, lane_id, event, at, id,
           lead(at) OVER (PARTITION BY operation_id ORDER BY at, recorded_at, id) AS next_at
      FROM log WHERE event IN ('start', 'pause', 'resume', 'complete')),
  stretch AS (
    SELECT operation_id, time_zone, lane_id, event <> 'pause' AS runs, event <> 'pause' AND next_at IS NULL AS is_running,
           tstzrange(at, coalesce(next_at, greatest(at, as_of))) AS span
      FROM step WHERE event IN ('start', 'resume') OR (event = 'pause' AND next_at IS NOT NULL)),
  piece AS (
    -- Within a shift of the lane, closures taken out.
    SELECT s.operation_id, s.lane_id, d.day, w.shift_code, s.runs, s.is_running, s.span * w.span AS span,
           tstzmultirange(s.span * w.span) - closed.spans AS counted
      FROM stretch s
      JOIN analytics.lane_days d ON d.organization_id = organization AND d.lane_id = s.lane_id
        AND d.day BETWEEN (lower(s.span) AT TIME ZONE s.time_zone)::date - 1 AND (upper(s.span) AT TIME ZONE s.time_zone)::date
      CROSS JOIN LATERAL unnest(d.shift_codes, d.windows) AS w (shift_code, span)
      CROSS JOIN LATERAL (
        SELECT coalesce(range_agg(tstzrange(e.starts_at, e.ends_at)), '{}') AS spans FROM production.closures e
          WHERE e.organization_id = d.organization_id AND e.plant_id = d.plant_id AND (e.lane_id IS NULL OR e.lane_id = d.lane_id)
            AND e.starts_at < upper(w.span) AND e.ends_at > lower(w.span)) closed
      WHERE s.span && w.span
    UNION ALL
    SELECT s.operation_id, s.lane_id, (lower(outside) AT TIME ZONE s.time_zone)::date, '', s.runs, s.is_running, outside,
           tstzmultirange(outside)
      FROM stretch s
      CROSS JOIN LATERAL (
        SELECT coalesce(range_agg(w.span), '{}') AS spans FROM analytics.lane_days d CROSS JOIN LATERAL unnest(d.windows) AS w (span)
          WHERE d.organization_id = organization AND d.lane_id = s.lane_id
            AND d.day BETWEEN (lower(s.span) AT TIME ZONE s.time_zone)::date - 1 AND (upper(s.span) AT TIME ZONE s.time_zone)::date) shifts
      CROSS JOIN LATERAL unnest(tstzmultirange(s.span) - shifts.spans) AS outside
      WHERE s.runs),
  report AS (
    SELECT l.operation_id, l.lane_id, coalesce(w.day, (l.at AT TIME ZONE l.time_zone)::date) AS day, coalesce(w.shift_code, '') AS shift_code,
           l.at, l.recorded_at, l.id, l.good_quantity, l.scrap_quantity, l.rework_quantity, l.user_id, l.is_running
      FROM (
        SELECT operation_id, time_zone, lane_id, at, recorded_at, id, good_quantity, scrap_quantity, 0::numeric AS rework_quantity, user_id,
               EXISTS (SELECT FROM step WHERE step.id = log.id AND step.event IN ('start', 'resume') AND step.next_at IS NULL) AS is_running
          FROM log
        UNION ALL
        SELECT c.id, c.time_zone, c.planned_lane_id, n.detected_at, n.detected_at, t.id, 0, 0, t.quantity, NULL, false
          FROM chosen c
          JOIN quality.ncrs n ON n.organization_id = c.organization_id AND n.operation_id = c.id
          JOIN quality.ncr_dispositions t ON t.organization_id = n.organization_id AND t.ncr_id = n.id AND t.disposition = 'rework') l
      LEFT JOIN LATERAL (
        SELECT d.day, w.shift_code FROM analytics.lane_days d CROSS JOIN LATERAL unnest(d.shift_codes, d.windows) AS w (shift_code, span)
          WHERE d.organization_id = organization AND d.lane_id = l.lane_id
            AND d.day BETWEEN (l.at AT TIME ZONE l.time_zone)::date - 2 AND (l.at AT TIME ZONE l.time_zone)::date
            AND lower(w.span) < l.at AND l.at <= upper(w.span)
          ORDER BY d.day, lower(w.span) LIMIT 1) w ON true),
  timed AS (
    SELECT operation_id, lane_id, day, shift_code, min(lower(span)) AS starts_at, max(upper(span)) AS ends_at, bool_or(is_running) AS is_running,
           coalesce(sum(analytics.milliseconds(counted)), 0)::bigint AS planned_ms,
           coalesce(sum(analytics.milliseconds(counted)) FILTER (WHERE runs), 0)::bigint AS operating_ms
      FROM piece GROUP BY operation_id, lane_id, day, shift_code),
  told AS (
    SELECT operation_id, lane_id, day, shift_code, min(at) AS starts_at, max(at) AS ends_at, sum(good_quantity) AS good,
           sum(scrap_quantity) AS scrap, sum(rework_quantity) AS rework, bool_or(is_running) AS is_running,
           (array_agg(user_id ORDER BY at DESC, recorded_at DESC, id DESC) FILTER (WHERE user_id IS NOT NULL))[1] AS user_id
      FROM report GROUP BY operation_id, lane_id, day, shift_code)
  SELECT c.organization_id, f.operation_id, f.day, f.shift_code, f.lane_id, c.plant_id, c.work_order_id, c.material_id, v.id,
         one.machine_id, f.user_id, f.starts_at, f.ends_at, f.planned_ms, f.operating_ms,
         coalesce(v.target_cycle_time_ms, one.ideal_cycle_time_ms),
         round(c.quantity * f.planned_ms / (c.duration_s * 1000::numeric), 3), f.good + f.scrap, f.good, f.scrap, f.rework, c.unit, f.is_running
    FROM (
      SELECT operation_id, lane_id, day, shift_code, t.user_id, least(p.starts_at, t.starts_at) AS starts_at,
             greatest(p.ends_at, t.ends_at) AS ends_at, coalesce(p.planned_ms, 0) AS planned_ms, coalesce(p.operating_ms, 0) AS operating_ms,
             coalesce(t.good, 0) AS good, coalesce(t.scrap, 0) AS scrap, coalesce(t.rework, 0) AS rework,
             coalesce(p.is_running, false) OR coalesce(t.is_running, false) AS is_running
        FROM timed p FULL JOIN told t USING (operation_id, lane_id, day, shift_code)) f
    JOIN chosen c ON c.id = f.operation_id
    LEFT JOIN material.material_versions v ON v.organization_id = c.organization_id AND v.material_id = c.material_id
      AND v.valid_from <= f.starts_at AND (v.valid_to IS NULL OR f.starts_at < v.valid_to)
    LEFT JOIN LATERAL (
      SELECT CASE WHEN count(*) = 1 THEN (array_agg(m.machine_id))[1] END AS machine_id,
             CASE WHEN count(*) = 1 THEN max(m.ideal_cycle_time_ms) END AS ideal_cycle_time_ms
        FROM equipment.machine_versions m
        WHERE m.organization_id = c.organization_id AND m.lane_id = f.lane_id AND m.valid_from <= f.starts_at AND f.starts_at < m.valid_to
      ) one ON true
$$;

-- project.tasks gets its stamps from the rules, which come last.
SET LOCAL check_function_bodies = off;
CREATE FUNCTION analytics.project_stats_of(organization uuid, project uuid DEFAULT NULL, as_of timestamptz DEFAULT now())
  RETURNS SETOF analytics.project_stats
  LANGUAGE sql STABLE
AS $$
  SELECT p.organization_id, p.id, p.plant_id, count(t.id)::integer, count(t.id) FILTER (WHERE t.status = 'done')::integer,
         count(t.id) FILTER (WHERE t.status IN ('in_progress', 'review'))::integer, count(t.id) FILTER (WHERE t.status = 'todo')::integer,
         count(t.id) FILTER (WHERE t.status = 'blocked')::integer,
         avg(extract(epoch FROM t.completed_at - t.created_at) ORDER BY t.id)::double precision, max(t.updated_at)
    FROM project.projects p
    LEFT JOIN project.tasks t ON t.organization_id = p.organization_id AND t.project_id = p.id AND t.deleted_at IS NULL
    WHERE p.organization_id = organization AND (project IS NULL OR p.id = project) AND p.deleted_at IS NULL
    GROUP BY p.organization_id, p.id
$$;
SET LOCAL check_function_bodies = on;

-- Days of a plant that an instant can belong to: a shift that began the day before may still run.
CREATE FUNCTION analytics.shift_days(from_at timestamptz, to_at timestamptz, time_zone text) RETURNS SETOF timestamp
  LANGUAGE sql STABLE
AS $$
  SELECT g FROM generate_series(CASE WHEN isfinite(from_at) THEN date_trunc('day', from_at AT TIME ZONE time_zone) - interval '1 day' END,
    CASE WHEN isfinite(to_at) THEN date_trunc('day', to_at AT TIME ZONE time_zone) END, interval '1 day') AS g
$$;

CREATE FUNCTION analytics.months(from_at timestamptz, to_at timestamptz, time_zone text) RETURNS SETOF timestamp
  LANGUAGE sql STABLE
AS $$
  SELECT g FROM generate_series(CASE WHEN isfinite(from_at) THEN date_trunc('month', from_at AT TIME ZONE time_zone) END,
    CASE WHEN isfinite(to_at) THEN date_trunc('month', to_at AT TIME ZONE time_zone) END, interval '1 month') AS g
$$;

-- Until when a change without an end must be noted: the time that passes after that is noted by the clock. Times that a
-- wrong clock sent far ahead are not followed there.
CREATE FUNCTION analytics.noted_until(rollup_name text, changed_at timestamptz, until_at timestamptz) RETURNS timestamptz
  LANGUAGE sql STABLE
AS $$
  SELECT greatest(changed_at, least(coalesce(until_at, 'infinity'),
    (SELECT coalesce(r.elapsed_at, changed_at) FROM analytics.rollups r WHERE r.name = rollup_name)))
$$;

INSERT INTO analytics.rollups (name, subject_column, period_column, time_column, preparing, elapsing) VALUES
  ('daily_production', 'operation_id', 'day', 'day', NULL, NULL),
  ('production_facts', 'operation_id', NULL, 'day',
   -- All lanes of an operation, from its first word to its last, and to now while it runs.
   $$SELECT analytics.plan_lane_days($1, s.lane_id, min(s.day) OVER () - 2, max(s.day) OVER ()) FROM (
       SELECT coalesce(g.lane_id, o.lane_id) AS lane_id, (g.at AT TIME ZONE p.time_zone)::date AS day
         FROM production.operations o
         JOIN org.plants p ON p.organization_id = o.organization_id AND p.id = o.plant_id
         JOIN LATERAL (
           SELECT l.lane_id, l.at FROM production.logs l
             WHERE l.organization_id = o.organization_id AND l.operation_id = o.id
           UNION ALL SELECT o.lane_id, n.detected_at FROM quality.ncrs n
             WHERE n.organization_id = o.organization_id AND n.operation_id = o.id
           UNION ALL (SELECT last.lane_id, CASE WHEN last.event IN ('start', 'resume') THEN greatest($4, last.at) ELSE last.at END FROM production.logs last
             WHERE last.organization_id = o.organization_id AND last.operation_id = o.id
               AND last.event IN ('start', 'pause', 'resume', 'complete')
             ORDER BY last.at DESC, last.recorded_at DESC, last.id DESC LIMIT 1)) g ON true
         WHERE o.organization_id = $1 AND o.id = $2::uuid) s WHERE s.lane_id IS NOT NULL$$,
   $$SELECT f.organization_id, f.operation_id AS subject, NULL::timestamp AS period FROM analytics.production_facts f
       WHERE f.is_running AND $1 < $2$$),
  ('daily_oee', 'machine_id', 'day', 'day',
   $$SELECT analytics.plan_lane_days($1, v.lane_id, $3::date, $3::date) FROM (
       SELECT DISTINCT m.lane_id FROM equipment.machine_versions m WHERE m.organization_id = $1 AND m.machine_id = $2::uuid) v$$,
   $$SELECT m.organization_id, m.id AS subject, d AS period FROM equipment.machines m
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
       CROSS JOIN LATERAL (SELECT min(h.at) AS at FROM equipment.status_history h
         WHERE h.organization_id = m.organization_id AND h.machine_id = m.id) known
       CROSS JOIN LATERAL analytics.shift_days(greatest($1, known.at), $2, p.time_zone) AS d WHERE known.at <= $2$$),
  ('reliability', 'machine_id', 'month', 'month', NULL,
   $$SELECT m.organization_id, m.id AS subject, d AS period FROM equipment.machines m
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
       CROSS JOIN LATERAL (SELECT least((SELECT min(h.at) FROM equipment.status_history h
           WHERE h.organization_id = m.organization_id AND h.machine_id = m.id),
         (SELECT min(e.started_at) FROM equipment.downtime_events e
           WHERE e.organization_id = m.organization_id AND e.machine_id = m.id)) AS at) known
       CROSS JOIN LATERAL analytics.months(greatest($1, known.at), $2, p.time_zone) AS d WHERE known.at <= $2$$),
  ('daily_spc', 'characteristic_id', 'day', 'day', NULL, NULL),
  ('sensor_5min', 'sensor_no', 'starts_at', 'starts_at', NULL, NULL),
  ('monthly_inventory_turnover', 'material_id', 'month', 'month', NULL,
   -- Only months that begin bring something new.
   $$SELECT m.organization_id, m.id AS subject, d AS period FROM org.plants p
       CROSS JOIN LATERAL (SELECT CASE WHEN isfinite($1) THEN $1 ELSE (SELECT min(t.at) FROM material.transactions t
         WHERE t.organization_id = p.organization_id AND t.plant_id = p.id) END AS at) since
       CROSS JOIN LATERAL analytics.months(since.at, $2, p.time_zone) AS d
       JOIN material.materials m ON m.organization_id = p.organization_id
       WHERE (NOT isfinite($1) OR d > date_trunc('month', since.at AT TIME ZONE p.time_zone))
         AND (EXISTS (SELECT FROM material.transactions t WHERE t.organization_id = m.organization_id AND t.material_id = m.id)
           OR EXISTS (SELECT FROM analytics.monthly_inventory_turnover r
             WHERE r.organization_id = m.organization_id AND r.material_id = m.id))$$),
  ('weekly_quality', 'plant_id', 'week_starts_on', 'week_starts_on', NULL, NULL),
  ('user_activity', 'organization_id', 'day', 'day', NULL, NULL),
  ('project_stats', 'project_id', NULL, NULL, NULL, NULL),
  ('operator_workload', 'user_id', NULL, NULL, NULL, NULL);

INSERT INTO analytics.sources (target, rollup, columns, buckets) VALUES
  ('production.logs', 'daily_production', '{organization_id,operation_id,event,good_quantity,scrap_quantity,at,id}',
   $$SELECT c.organization_id, c.operation_id AS subject, (c.at AT TIME ZONE p.time_zone)::date AS period FROM changed c
       JOIN production.operations o ON o.organization_id = c.organization_id AND o.id = c.operation_id
       JOIN org.plants p ON p.organization_id = o.organization_id AND p.id = o.plant_id$$),
  ('production.logs', 'production_facts', '{organization_id,operation_id,lane_id,event,good_quantity,scrap_quantity,user_id,at,recorded_at,id}',
   $$SELECT organization_id, operation_id AS subject, NULL::timestamp AS period FROM changed$$),
  ('production.logs', 'weekly_quality', '{organization_id,plant_id,operation_id,good_quantity,scrap_quantity,at,id}',
   $$SELECT c.organization_id, c.plant_id AS subject, date_trunc('week', c.at AT TIME ZONE p.time_zone) AS period FROM changed c
       JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id WHERE c.good_quantity + c.scrap_quantity > 0$$),
  ('production.logs', 'user_activity', '{organization_id,user_id,at,id}',
   $$SELECT c.organization_id, c.organization_id AS subject, (c.at AT TIME ZONE p.time_zone)::date AS period FROM changed c
       JOIN identity.users u ON u.organization_id = c.organization_id AND u.id = c.user_id
       JOIN org.plants p ON p.organization_id = u.organization_id AND p.id = u.home_plant_id$$),
  ('production.operations', 'daily_production', '{organization_id,id,plant_id,work_order_id}',
   $$SELECT c.organization_id, c.id AS subject, r.day AS period FROM changed c
       JOIN analytics.daily_production r ON r.organization_id = c.organization_id AND r.operation_id = c.id$$),
  ('production.operations', 'production_facts', '{organization_id,id,plant_id,work_order_id,lane_id,duration_s}',
   $$SELECT organization_id, id AS subject, NULL::timestamp AS period FROM changed$$),
  ('production.work_orders', 'daily_production', '{organization_id,id,material_id,unit}',
   $$SELECT c.organization_id, r.operation_id AS subject, r.day AS period FROM changed c
       JOIN analytics.daily_production r ON r.organization_id = c.organization_id AND r.work_order_id = c.id$$),
  ('production.work_orders', 'production_facts', '{organization_id,id,material_id,quantity,unit}',
   $$SELECT c.organization_id, o.id AS subject, NULL::timestamp AS period FROM changed c
       JOIN production.operations o ON o.organization_id = c.organization_id AND o.work_order_id = c.id$$),
  ('production.work_orders', 'weekly_quality', '{organization_id,id,material_id}',
   $$SELECT c.organization_id, o.plant_id AS subject, date_trunc('week', r.day::timestamp) AS period FROM changed c
       JOIN production.operations o ON o.organization_id = c.organization_id AND o.work_order_id = c.id
       JOIN analytics.daily_production r ON r.organization_id = o.organization_id AND r.operation_id = o.id$$),
  ('material.material_versions', 'production_facts', '{organization_id,id,material_id,valid_from,valid_to,target_cycle_time_ms}',
   $$SELECT c.organization_id, r.operation_id AS subject, NULL::timestamp AS period FROM (
       SELECT organization_id, id, material_id, CASE WHEN count(*) = 2 AND min(valid_from) = max(valid_from)
                AND min(target_cycle_time_ms) IS NOT DISTINCT FROM max(target_cycle_time_ms)
                THEN least(min(valid_to), min(coalesce(valid_to, 'infinity'))) ELSE min(valid_from) END AS from_at
         FROM changed GROUP BY organization_id, id, material_id) c
       JOIN analytics.production_facts r ON r.organization_id = c.organization_id AND r.material_id = c.material_id AND r.ended_at >= c.from_at$$),
  ('equipment.machine_versions', 'production_facts', '{organization_id,id,machine_id,lane_id,ideal_cycle_time_ms,valid_from,valid_to}',
   $$SELECT c.organization_id, r.operation_id AS subject, NULL::timestamp AS period FROM (
       SELECT organization_id, id, lane_id, CASE WHEN count(*) = 2 AND min(valid_from) = max(valid_from)
                AND min(ideal_cycle_time_ms) = max(ideal_cycle_time_ms) THEN min(valid_to) ELSE min(valid_from) END AS from_at
         FROM changed GROUP BY organization_id, id, lane_id) c
       JOIN analytics.production_facts r ON r.organization_id = c.organization_id AND r.lane_id = c.lane_id AND r.ended_at >= c.from_at$$),
  ('equipment.machine_versions', 'daily_oee', '{organization_id,id,machine_id,lane_id,ideal_cycle_time_ms,valid_from,valid_to}',
   $$SELECT c.organization_id, c.machine_id AS subject, d AS period FROM (
       SELECT organization_id, id, machine_id, CASE WHEN count(*) = 2 AND min(valid_from) = max(valid_from)
                AND min(lane_id::text) = max(lane_id::text) AND min(ideal_cycle_time_ms) = max(ideal_cycle_time_ms)
                THEN min(valid_to) ELSE min(valid_from) END AS from_at, max(valid_to) AS to_at
         FROM changed GROUP BY organization_id, id, machine_id) c
       JOIN equipment.machines m ON m.organization_id = c.organization_id AND m.id = c.machine_id
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
       CROSS JOIN LATERAL (SELECT min(h.at) AS at FROM equipment.status_history h
         WHERE h.organization_id = c.organization_id AND h.machine_id = c.machine_id) known
       CROSS JOIN LATERAL (SELECT greatest(c.from_at, known.at) AS at) f
       CROSS JOIN LATERAL analytics.shift_days(f.at, analytics.noted_until('daily_oee', f.at, c.to_at), p.time_zone) AS d
       WHERE known.at IS NOT NULL$$),
  ('production.closures', 'daily_oee', '{organization_id,plant_id,lane_id,starts_at,ends_at,id}',
   $$SELECT c.organization_id, m.id AS subject, d AS period FROM changed c
       JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id
       JOIN equipment.machines m ON m.organization_id = c.organization_id AND m.plant_id = c.plant_id
       CROSS JOIN LATERAL analytics.shift_days(c.starts_at, analytics.noted_until('daily_oee', c.starts_at, c.ends_at), p.time_zone) AS d$$),
  ('production.closures', 'production_facts', '{organization_id,plant_id,lane_id,starts_at,ends_at,id}',
   $$SELECT c.organization_id, r.operation_id AS subject, NULL::timestamp AS period FROM changed c
       JOIN analytics.production_facts r ON r.organization_id = c.organization_id AND r.plant_id = c.plant_id
         AND (c.lane_id IS NULL OR r.lane_id = c.lane_id) AND r.started_at <= c.ends_at AND r.ended_at >= c.starts_at$$),
  ('equipment.status_history', 'daily_oee', '{organization_id,plant_id,machine_id,state,quality,good_count,reject_count,reason_code,at,recorded_at,id}',
   $$SELECT c.organization_id, c.machine_id AS subject, d AS period
       FROM (SELECT DISTINCT organization_id, machine_id, at FROM changed) c
       JOIN equipment.machines m ON m.organization_id = c.organization_id AND m.id = c.machine_id
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
       CROSS JOIN LATERAL (SELECT greatest(
         (SELECT coalesce(min(h.at), 'infinity') FROM equipment.status_history h
            WHERE h.organization_id = c.organization_id AND h.machine_id = c.machine_id AND h.at > c.at),
         (SELECT min(h.at) FROM equipment.status_history h
            WHERE h.organization_id = c.organization_id AND h.machine_id = c.machine_id AND h.at > c.at
              AND h.good_count IS NOT NULL AND h.quality <> 'bad')) AS at) following
       CROSS JOIN LATERAL analytics.shift_days(c.at, analytics.noted_until('daily_oee', c.at, following.at), p.time_zone) AS d$$),
  ('equipment.status_history', 'reliability', '{organization_id,plant_id,machine_id,state,at,recorded_at,id}',
   $$SELECT c.organization_id, c.machine_id AS subject, d AS period
       FROM (SELECT DISTINCT organization_id, machine_id, at FROM changed) c
       JOIN equipment.machines m ON m.organization_id = c.organization_id AND m.id = c.machine_id
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
       CROSS JOIN LATERAL (SELECT min(h.at) AS at FROM equipment.status_history h
         WHERE h.organization_id = c.organization_id AND h.machine_id = c.machine_id AND h.at > c.at) following
       CROSS JOIN LATERAL analytics.months(c.at, analytics.noted_until('reliability', c.at, following.at), p.time_zone) AS d$$),
  ('equipment.downtime_events', 'daily_oee', '{organization_id,machine_id,reason_code,started_at,ended_at,id}',
   $$SELECT c.organization_id, c.machine_id AS subject, d AS period FROM changed c
       JOIN equipment.machines m ON m.organization_id = c.organization_id AND m.id = c.machine_id
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
       CROSS JOIN LATERAL analytics.shift_days(c.started_at, analytics.noted_until('daily_oee', c.started_at, c.ended_at), p.time_zone) AS d$$),
  ('equipment.downtime_events', 'reliability', '{organization_id,machine_id,reason_code,started_at,ended_at,id}',
   -- The first event of a machine can be where what is known of it begins.
   $$SELECT c.organization_id, c.machine_id AS subject, d AS period FROM changed c
       JOIN equipment.machines m ON m.organization_id = c.organization_id AND m.id = c.machine_id
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
       CROSS JOIN LATERAL (SELECT min(r.month)::timestamp AT TIME ZONE p.time_zone AS at FROM analytics.reliability r
         WHERE r.organization_id = c.organization_id AND r.machine_id = c.machine_id) computed
       CROSS JOIN LATERAL analytics.months(c.started_at, analytics.noted_until('reliability', c.started_at,
         CASE WHEN computed.at <= c.started_at THEN c.started_at END), p.time_zone) AS d$$),
  ('equipment.downtime_reasons', 'daily_oee', '{organization_id,code,affects_oee}',
   $$SELECT c.organization_id, e.machine_id AS subject, d AS period FROM changed c
       JOIN (SELECT organization_id, machine_id, reason_code, started_at, ended_at FROM equipment.downtime_events
             UNION ALL
             SELECT h.organization_id, h.machine_id, h.reason_code, h.at, (SELECT min(n.at) FROM equipment.status_history n
                 WHERE n.organization_id = h.organization_id AND n.machine_id = h.machine_id AND n.at > h.at)
               FROM equipment.status_history h WHERE h.reason_code IS NOT NULL) e
         ON e.organization_id = c.organization_id AND e.reason_code = c.code
       JOIN equipment.machines m ON m.organization_id = e.organization_id AND m.id = e.machine_id
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id
       CROSS JOIN LATERAL analytics.shift_days(e.started_at, analytics.noted_until('daily_oee', e.started_at, e.ended_at), p.time_zone) AS d$$),
  ('equipment.downtime_reasons', 'reliability', '{organization_id,code,is_failure}',
   $$SELECT c.organization_id, e.machine_id AS subject, date_trunc('month', e.started_at AT TIME ZONE p.time_zone) AS period FROM changed c
       JOIN equipment.downtime_events e ON e.organization_id = c.organization_id AND e.reason_code = c.code
       JOIN org.plants p ON p.organization_id = e.organization_id AND p.id = e.plant_id$$),
  ('quality.measurements', 'daily_spc', '{organization_id,characteristic_id,operation_id,inspection_id,subgroup,value,inside,at,id}',
   $$SELECT DISTINCT c.organization_id, c.characteristic_id AS subject, (c.at AT TIME ZONE p.time_zone)::date AS period FROM changed c
       JOIN quality.characteristics q ON q.organization_id = c.organization_id AND q.id = c.characteristic_id
       JOIN org.plants p ON p.organization_id = q.organization_id AND p.id = q.plant_id$$),
  ('quality.measurements', 'weekly_quality', '{organization_id,plant_id,characteristic_id,inside,at,id}',
   $$SELECT c.organization_id, c.plant_id AS subject, date_trunc('week', c.at AT TIME ZONE p.time_zone) AS period FROM changed c
       JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id$$),
  ('quality.measurements', 'user_activity', '{organization_id,user_id,at,id}',
   $$SELECT c.organization_id, c.organization_id AS subject, (c.at AT TIME ZONE p.time_zone)::date AS period FROM changed c
       JOIN identity.users u ON u.organization_id = c.organization_id AND u.id = c.user_id
       JOIN org.plants p ON p.organization_id = u.organization_id AND p.id = u.home_plant_id$$),
  ('quality.characteristics', 'daily_spc', '{organization_id,id,plant_id,material_id,chart,subgroup_size,lower_limit,upper_limit}',
   $$SELECT c.organization_id, c.id AS subject, r.day AS period FROM changed c
       JOIN analytics.daily_spc r ON r.organization_id = c.organization_id AND r.characteristic_id = c.id$$),
  ('quality.characteristics', 'weekly_quality', '{organization_id,id,material_id}',
   $$SELECT c.organization_id, m.plant_id AS subject, date_trunc('week', m.at AT TIME ZONE p.time_zone) AS period FROM changed c
       JOIN quality.measurements m ON m.organization_id = c.organization_id AND m.characteristic_id = c.id
       JOIN org.plants p ON p.organization_id = m.organization_id AND p.id = m.plant_id$$),
  ('quality.inspections', 'weekly_quality', '{organization_id,plant_id,material_id,work_order_id,operation_id,result,completed_at,id}',
   $$SELECT c.organization_id, c.plant_id AS subject, date_trunc('week', c.completed_at AT TIME ZONE p.time_zone) AS period FROM changed c
       JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id WHERE c.completed_at IS NOT NULL$$),
  ('quality.ncrs', 'weekly_quality', '{organization_id,plant_id,material_id,detected_at,closed_at,id}',
   $$SELECT c.organization_id, c.plant_id AS subject, date_trunc('week', t.at AT TIME ZONE p.time_zone) AS period FROM changed c
       JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id
       CROSS JOIN LATERAL (VALUES (c.detected_at), (c.closed_at)) AS t (at) WHERE t.at IS NOT NULL$$),
  ('quality.ncrs', 'production_facts', '{organization_id,operation_id,detected_at,id}',
   $$SELECT organization_id, operation_id AS subject, NULL::timestamp AS period FROM changed$$),
  ('quality.ncr_dispositions', 'production_facts', '{organization_id,ncr_id,disposition,quantity,id}',
   $$SELECT n.organization_id, n.operation_id AS subject, NULL::timestamp AS period FROM changed c
       JOIN quality.ncrs n ON n.organization_id = c.organization_id AND n.id = c.ncr_id$$),
  ('quality.scrap_records', 'weekly_quality', '{organization_id,plant_id,material_id,cost,currency,at,id}',
   $$SELECT c.organization_id, c.plant_id AS subject, date_trunc('week', c.at AT TIME ZONE p.time_zone) AS period FROM changed c
       JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id WHERE c.cost IS NOT NULL$$),
  ('equipment.sensor_readings', 'sensor_5min', '{organization_id,sensor_no,quality,at,value}',
   $$SELECT organization_id, sensor_no AS subject, date_bin('5 minutes', at, '2000-01-01 00:00:00+00') AT TIME ZONE 'UTC' AS period FROM changed$$),
  ('material.transactions', 'monthly_inventory_turnover', '{organization_id,plant_id,material_id,kind,quantity,at,id}',
   $$SELECT c.organization_id, c.material_id AS subject, d AS period FROM changed c
       JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id
       CROSS JOIN LATERAL analytics.months(c.at, analytics.noted_until('monthly_inventory_turnover', c.at, NULL), p.time_zone) AS d$$),
  ('material.transaction_costs', 'monthly_inventory_turnover', '{organization_id,plant_id,material_id,transaction_id,quantity,unit_cost,currency,at,id}',
   $$SELECT c.organization_id, c.material_id AS subject, date_trunc('month', c.at AT TIME ZONE p.time_zone) AS period FROM changed c
       JOIN org.plants p ON p.organization_id = c.organization_id AND p.id = c.plant_id$$),
  ('trace.scans', 'user_activity', '{organization_id,user_id,at,id}',
   $$SELECT c.organization_id, c.organization_id AS subject, (c.at AT TIME ZONE p.time_zone)::date AS period FROM changed c
       JOIN identity.users u ON u.organization_id = c.organization_id AND u.id = c.user_id
       JOIN org.plants p ON p.organization_id = u.organization_id AND p.id = u.home_plant_id$$),
  ('project.tasks', 'user_activity', '{organization_id,assignee_id,completed_at,deleted_at,id}',
   $$SELECT c.organization_id, c.organization_id AS subject, (c.completed_at AT TIME ZONE p.time_zone)::date AS period FROM changed c
       JOIN identity.users u ON u.organization_id = c.organization_id AND u.id = c.assignee_id
       JOIN org.plants p ON p.organization_id = u.organization_id AND p.id = u.home_plant_id WHERE c.completed_at IS NOT NULL$$),
  ('project.comments', 'user_activity', '{organization_id,author_id,written_at,deleted_at,id}',
   $$SELECT c.organization_id, c.organization_id AS subject, (c.written_at AT TIME ZONE p.time_zone)::date AS period FROM changed c
       JOIN identity.users u ON u.organization_id = c.organization_id AND u.id = c.author_id
       JOIN org.plants p ON p.organization_id = u.organization_id AND p.id = u.home_plant_id$$),
  ('project.tasks', 'project_stats', '{organization_id,project_id,status,completed_at,deleted_at,created_at,updated_at,id}',
   $$SELECT organization_id, project_id AS subject, NULL::timestamp AS period FROM changed$$),
  ('project.projects', 'project_stats', '{organization_id,id,plant_id,deleted_at}',
   $$SELECT organization_id, id AS subject, NULL::timestamp AS period FROM changed$$),
  ('project.projects', 'operator_workload', '{organization_id,id,owner_id,status,deleted_at}',
   $$SELECT organization_id, owner_id AS subject, NULL::timestamp AS period FROM changed$$),
  ('orders.service_orders', 'operator_workload', '{organization_id,id,project_id,status,estimated_duration_s}',
   $$SELECT p.organization_id, p.owner_id AS subject, NULL::timestamp AS period FROM changed c
       JOIN project.projects p ON p.organization_id = c.organization_id AND p.id = c.project_id$$);
CALL analytics.watch_sources();

-- A plant that changes its shifts changes its days from today on; one whose time zone was wrong, all of them.
CREATE FUNCTION analytics.replan() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  row_now jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
  organization uuid := row_now ->> 'organization_id';
  plant uuid := row_now ->> CASE WHEN TG_RELID = 'org.plants'::regclass THEN 'id' ELSE 'plant_id' END;
  lane uuid := CASE WHEN TG_RELID = 'production.lanes'::regclass THEN row_now ->> 'id' END;
  from_day date := '-infinity';
  stale text;
BEGIN
  -- What a refresh is just writing down by the old shifts is waited for, and is then seen.
  PERFORM pg_advisory_xact_lock(hashtextextended(format('analytics.lane_days %s', organization), 0));
  IF TG_RELID <> 'org.plants'::regclass THEN
    SELECT (now() AT TIME ZONE p.time_zone)::date INTO from_day FROM org.plants p WHERE p.organization_id = organization AND p.id = plant;
  END IF;
  stale := format('organization_id = %L AND plant_id = %L AND day >= %L AND %s', organization, plant, from_day,
    CASE WHEN lane IS NULL THEN 'true' ELSE format('lane_id = %L', lane) END);
  EXECUTE analytics.noting('daily_oee', format('SELECT v.organization_id, v.machine_id AS subject, d.day AS period
    FROM (SELECT * FROM analytics.lane_days WHERE %s) d
    JOIN equipment.machine_versions v ON v.organization_id = d.organization_id AND v.lane_id = d.lane_id', stale));
  EXECUTE analytics.noting('production_facts', format('SELECT organization_id, operation_id AS subject, NULL::timestamp AS period
    FROM analytics.production_facts WHERE %s', stale));
  EXECUTE format('DELETE FROM analytics.lane_days WHERE %s', stale);
  IF TG_RELID = 'org.plants'::regclass THEN
    PERFORM analytics.note_everything(r.name, organization) FROM analytics.rollups r;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER replan AFTER INSERT OR UPDATE OR DELETE ON production.shifts FOR EACH ROW EXECUTE FUNCTION analytics.replan();
CREATE TRIGGER replan AFTER UPDATE OF shift_codes ON production.lanes FOR EACH ROW
  WHEN (OLD.shift_codes IS DISTINCT FROM NEW.shift_codes) EXECUTE FUNCTION analytics.replan();
CREATE TRIGGER replan AFTER UPDATE OF time_zone ON org.plants FOR EACH ROW
  WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION analytics.replan();

CREATE VIEW analytics.user_activity_30_days WITH (security_invoker = true) AS
  SELECT organization_id, user_id, sum(production_log_count) AS production_log_count, sum(measurement_count) AS measurement_count,
         sum(scan_count) AS scan_count, sum(tasks_completed) AS tasks_completed, sum(comments_created) AS comments_created,
         count(*) AS active_days, max(last_at) AS last_at
    FROM analytics.user_activity WHERE day > (now() - interval '30 days')::date
    GROUP BY organization_id, user_id;
COMMENT ON VIEW analytics.user_activity_30_days IS 'What each person recorded in the last thirty days. When they last signed in stands in identity.sessions.';

-- What people ask for, and what they got.
CREATE TABLE analytics.report_definitions (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid,
  code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]*$'),
  name text NOT NULL CHECK (name <> '' AND length(name) <= 255),
  description text,
  audience text NOT NULL DEFAULT 'operational' CHECK (audience IN ('operational', 'management', 'compliance')),
  kind text NOT NULL DEFAULT 'custom' CHECK (kind IN ('production_summary', 'production_overview', 'on_time_delivery', 'ncr_analysis',
    'inspection_summary', 'defect_analysis', 'quality_metrics', 'oee', 'reliability', 'inventory_turnover', 'custom')),
  parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
  schedule text CHECK (schedule <> ''),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE analytics.report_definitions IS 'What a report asks, in which form and how often.';
COMMENT ON COLUMN analytics.report_definitions.plant_id IS 'NULL: for the whole organization.';
COMMENT ON COLUMN analytics.report_definitions.audience IS 'What the first document calls the type of a report.';
COMMENT ON COLUMN analytics.report_definitions.kind IS 'What the fourth document calls its type: what it computes.';
COMMENT ON COLUMN analytics.report_definitions.parameters IS 'Filters that a run begins with.';
COMMENT ON COLUMN analytics.report_definitions.schedule IS 'Cron expression in the plant''s time, else in UTC; NULL: run when asked.';

CREATE TABLE analytics.report_runs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid,
  report_definition_id uuid NOT NULL,
  title text NOT NULL CHECK (title <> '' AND length(title) <= 200),
  description text,
  filters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(filters) = 'object'),
  data_from timestamptz,
  data_until timestamptz,
  data_scope jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(data_scope) = 'object'),
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'generating', 'completed', 'failed')),
  format text NOT NULL CHECK (format IN ('pdf', 'xlsx', 'csv', 'json')),
  file_id uuid,
  error text CHECK (error <> ''),
  requested_by uuid,
  requested_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  expires_at timestamptz,
  readers uuid[] CHECK (array_position(readers, NULL) IS NULL),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, report_definition_id) REFERENCES analytics.report_definitions,
  FOREIGN KEY (organization_id, file_id) REFERENCES app.files,
  FOREIGN KEY (organization_id, requested_by) REFERENCES identity.users,
  CHECK (data_until > data_from),
  CHECK (started_at >= requested_at),
  CHECK (completed_at >= started_at),
  CHECK (expires_at > requested_at),
  CHECK (status <> 'completed' OR (completed_at IS NOT NULL AND file_id IS NOT NULL)),
  CHECK ((status = 'failed') = (error IS NOT NULL))
);
COMMENT ON TABLE analytics.report_runs IS 'A report as it was made. Its file, with size and checksum, stands in app.files.';
COMMENT ON COLUMN analytics.report_runs.data_scope IS 'What was looked at besides the span of time: lanes, materials, stations.';
COMMENT ON COLUMN analytics.report_runs.format IS 'xlsx is what the fourth document calls excel.';
COMMENT ON COLUMN analytics.report_runs.requested_by IS 'NULL: by its schedule.';
COMMENT ON COLUMN analytics.report_runs.expires_at IS 'When it may be cleared away; NULL: kept.';
COMMENT ON COLUMN analytics.report_runs.readers IS 'Who may see it besides whoever asked and administrators; NULL: everyone of the plant.';
CREATE INDEX report_runs_definition ON analytics.report_runs (organization_id, report_definition_id, requested_at DESC);
CREATE INDEX report_runs_recent ON analytics.report_runs (organization_id, requested_at DESC);
CREATE INDEX report_runs_requested_by ON analytics.report_runs (organization_id, requested_by, requested_at DESC);
CREATE INDEX report_runs_open ON analytics.report_runs (organization_id, status) WHERE status IN ('queued', 'generating');
CREATE INDEX report_runs_expires ON analytics.report_runs (organization_id, expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE analytics.dashboards (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid,
  code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_-]*$'),
  name text NOT NULL CHECK (name <> '' AND length(name) <= 255),
  description text,
  layout jsonb NOT NULL DEFAULT '{"widgets": []}',
  is_default boolean NOT NULL DEFAULT false,
  owner_id uuid,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, owner_id) REFERENCES identity.users,
  CONSTRAINT dashboards_layout CHECK (coalesce(jsonb_typeof(layout -> 'widgets') = 'array', false)),
  CONSTRAINT dashboards_widgets CHECK (NOT layout @? '$.widgets[*] ? (!(exists(@.kind) && @.x >= 0 && @.y >= 0 && @.width > 0 && @.height > 0))'),
  CONSTRAINT dashboards_default CHECK (NOT is_default OR owner_id IS NULL)
);
COMMENT ON TABLE analytics.dashboards IS 'Screens that people put together of widgets; their own, or (no owner) everybodys.';
COMMENT ON COLUMN analytics.dashboards.layout IS '{"widgets": [{"kind", "x", "y", "width", "height", "settings"}]}, in cells of the grid.';
COMMENT ON COLUMN analytics.dashboards.owner_id IS 'Whose own it is, seen by that person alone; NULL: everyone''s.';
CREATE UNIQUE INDEX dashboards_one_default ON analytics.dashboards (organization_id, plant_id) NULLS NOT DISTINCT WHERE is_default;
CREATE INDEX dashboards_owner ON analytics.dashboards (organization_id, owner_id) WHERE owner_id IS NOT NULL;

-- These narrow what 0018 opens.
CREATE POLICY readers ON analytics.report_runs AS RESTRICTIVE TO lanewright_app, lanewright_report
  USING (readers IS NULL OR requested_by = (SELECT identity.current_user_id()) OR (SELECT identity.current_user_id()) = ANY (readers)
    OR (SELECT identity.can('admin:read')));
CREATE POLICY own_name ON analytics.report_runs AS RESTRICTIVE FOR INSERT TO lanewright_app
  WITH CHECK (requested_by IS NULL OR requested_by = (SELECT identity.current_user_id()));
CREATE POLICY own_or_all ON analytics.dashboards AS RESTRICTIVE TO lanewright_app, lanewright_report
  USING (owner_id IS NULL OR owner_id = (SELECT identity.current_user_id()));
CREATE POLICY not_private ON analytics.project_stats AS RESTRICTIVE TO lanewright_app, lanewright_report
  USING (project_id <> ALL ((SELECT project.closed_to_me())::uuid[]));

-- Checks of the data. Orphans cannot be where there is a foreign key; what is left is what no constraint can say.
CREATE TABLE analytics.data_checks (
  name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
  target text NOT NULL,
  meaning text NOT NULL CHECK (meaning <> ''),
  problems text NOT NULL CHECK (problems <> '')
);
COMMENT ON TABLE analytics.data_checks IS 'What analytics.check_data_quality() looks for.';
COMMENT ON COLUMN analytics.data_checks.problems IS 'Query ($1: since when) whose rows are the problems; it runs under the caller''s row-level security.';

INSERT INTO analytics.data_checks (name, target, meaning, problems) VALUES
  ('oee_out_of_range', 'analytics.daily_oee', 'An OEE index is below 0 or above 1: counters, states or planned run times are wrong.',
   $$SELECT machine_id, day, shift_code, oee_ratio FROM analytics.daily_oee
       WHERE day >= $1::date AND oee_ratio NOT BETWEEN 0 AND 1$$),
  ('effectiveness_above_one', 'analytics.daily_oee', 'A machine made more than its planned run time per item allows: that time is too long.',
   $$SELECT machine_id, day, shift_code, effectiveness_ratio FROM analytics.daily_oee
       WHERE day >= $1::date AND effectiveness_ratio > 1$$),
  ('shifts_overlap', 'production.shifts', 'Two shifts of a lane overlap; the later one begins when the earlier ends.',
   $$SELECT DISTINCT l.id AS lane_id, a.code AS shift_code, b.code AS other_code
       FROM production.lanes l
       JOIN production.shifts a ON a.organization_id = l.organization_id AND a.plant_id = l.plant_id AND a.active AND a.code = ANY (l.shift_codes)
       JOIN production.shifts b ON b.organization_id = l.organization_id AND b.plant_id = l.plant_id AND b.active AND b.code = ANY (l.shift_codes)
         AND b.code <> a.code
       CROSS JOIN LATERAL unnest(a.weekdays) AS day_a CROSS JOIN LATERAL unnest(b.weekdays) AS day_b
       CROSS JOIN LATERAL (SELECT (day_b - day_a + 7) % 7 AS later) d
       WHERE d.later <= 1 AND d.later * interval '1 day' + (b.starts_at - '00:00'::time) >= (a.starts_at - '00:00'::time)
         AND d.later * interval '1 day' + (b.starts_at - '00:00'::time)
           < (a.ends_at - '00:00'::time) + CASE WHEN a.ends_at <= a.starts_at THEN interval '1 day' ELSE interval '0' END$$),
  ('downtimes_overlap', 'equipment.downtime_events', 'Two down times of a machine overlap.',
   $$SELECT machine_id, id, started_at, next_at FROM (
       SELECT machine_id, id, started_at, ended_at,
              lead(started_at) OVER (PARTITION BY organization_id, machine_id ORDER BY started_at, id) AS next_at
         FROM equipment.downtime_events WHERE started_at >= $1) e WHERE next_at < coalesce(ended_at, 'infinity')$$),
  ('plan_overlaps', 'production.operations', 'Two open operations are planned at once on a lane with room for one.',
   $$SELECT lane_id, id, starts_at, next_at FROM (
       SELECT o.lane_id, o.id, o.starts_at, o.ends_at,
              lead(o.starts_at) OVER (PARTITION BY o.organization_id, o.lane_id ORDER BY o.starts_at, o.id) AS next_at
         FROM production.operations o JOIN production.lanes l ON l.organization_id = o.organization_id AND l.id = o.lane_id
         WHERE l.capacity = 1 AND o.status IN ('planned', 'ready', 'running', 'paused') AND o.starts_at IS NOT NULL) p
       WHERE next_at < ends_at$$),
  ('times_in_future', 'production.logs, quality.measurements, equipment.status_history, trace.scans, material.transactions',
   'Something is said to happen later than now: a clock at a station or machine is wrong.',
   $$SELECT 'production.logs' AS target, id, at FROM production.logs WHERE at > now() + interval '5 minutes'
     UNION ALL SELECT 'quality.measurements', id, at FROM quality.measurements WHERE at > now() + interval '5 minutes'
     UNION ALL SELECT 'equipment.status_history', id, at FROM equipment.status_history WHERE at > now() + interval '5 minutes'
     UNION ALL SELECT 'trace.scans', id, at FROM trace.scans WHERE at > now() + interval '5 minutes'
     UNION ALL SELECT 'material.transactions', id, at FROM material.transactions WHERE at > now() + interval '5 minutes'$$),
  ('recorded_before_it_happened', 'production.logs, quality.measurements, equipment.status_history',
   'The database learnt of it before it happened: a clock was ahead.',
   $$SELECT 'production.logs' AS target, id, at, recorded_at FROM production.logs WHERE at >= $1 AND at > recorded_at + interval '5 minutes'
     UNION ALL SELECT 'quality.measurements', id, at, recorded_at FROM quality.measurements
       WHERE at >= $1 AND at > recorded_at + interval '5 minutes'
     UNION ALL SELECT 'equipment.status_history', id, at, recorded_at FROM equipment.status_history
       WHERE at >= $1 AND at > recorded_at + interval '5 minutes'$$),
  ('versions_missing', 'equipment.machines, material.materials', 'A machine or a material has no version that holds now.',
   $$SELECT 'equipment.machines' AS target, m.id, m.code FROM equipment.machines m
       WHERE NOT EXISTS (SELECT FROM equipment.machine_versions v WHERE v.organization_id = m.organization_id AND v.machine_id = m.id
         AND v.valid_to = 'infinity')
     UNION ALL SELECT 'material.materials', m.id, m.code FROM material.materials m
       WHERE NOT EXISTS (SELECT FROM material.material_versions v WHERE v.organization_id = m.organization_id AND v.material_id = m.id
         AND v.valid_to IS NULL)$$),
  ('facts_without_version', 'analytics.production_facts', 'Something was made of a material before any version of it held.',
   $$SELECT operation_id, day, shift_code, started_at FROM analytics.production_facts WHERE day >= $1::date AND material_version_id IS NULL$$),
  ('durations_negative', 'production.operations, quality.inspections, equipment.maintenance_orders', 'Something ended before it began.',
   $$SELECT 'production.operations' AS target, id, started_at, completed_at FROM production.operations WHERE completed_at < started_at
     UNION ALL SELECT 'quality.inspections', id, started_at, completed_at FROM quality.inspections WHERE completed_at < started_at
     UNION ALL SELECT 'equipment.maintenance_orders', id, started_at, completed_at FROM equipment.maintenance_orders
       WHERE completed_at < started_at$$),
  ('stops_without_start', 'production.logs', 'An operation was paused, resumed or completed that had not been started: a report is missing or late.',
   $$SELECT g.operation_id, g.id, g.event, g.at FROM production.logs g
       WHERE g.at >= $1 AND g.event IN ('pause', 'resume', 'complete') AND NOT EXISTS (
         SELECT FROM production.logs s WHERE s.organization_id = g.organization_id AND s.operation_id = g.operation_id
           AND s.event = 'start' AND s.at <= g.at)$$),
  ('counters_backwards', 'equipment.status_history', 'A counter of a machine went back without beginning again at 0.',
   $$SELECT machine_id, id, at, good_count, counted_before FROM (
       SELECT machine_id, id, at, good_count, lag(good_count) OVER (PARTITION BY organization_id, machine_id ORDER BY at, recorded_at, id)
                AS counted_before
         FROM equipment.status_history WHERE at >= $1 AND good_count IS NOT NULL AND quality <> 'bad') h
       WHERE good_count < counted_before AND good_count > 0$$),
  ('measurements_without_limits', 'quality.measurements', 'Something is measured that has no specification limit, so nobody can say whether it is good.',
   $$SELECT c.id AS characteristic_id, c.code, count(*) AS measurements FROM quality.measurements m
       JOIN quality.characteristics c ON c.organization_id = m.organization_id AND c.id = m.characteristic_id
       WHERE m.at >= $1 AND c.lower_limit IS NULL AND c.upper_limit IS NULL AND m.value NOT IN (0, 1) GROUP BY c.id, c.code$$),
  ('judgements_contradict_limits', 'quality.measurements', 'Judged inside but outside the limits that hold now, or the other way: the limits changed, or the judgement is wrong.',
   $$SELECT m.id, m.characteristic_id, m.value, m.inside FROM quality.measurements m
       JOIN quality.characteristics c ON c.organization_id = m.organization_id AND c.id = m.characteristic_id
       WHERE m.at >= $1 AND (c.lower_limit IS NOT NULL OR c.upper_limit IS NOT NULL)
         AND m.inside <> (m.value >= coalesce(c.lower_limit, '-Infinity') AND m.value <= coalesce(c.upper_limit, 'Infinity'))$$),
  ('downtimes_unclosed', 'equipment.downtime_events', 'A down time has no end though its machine ran again, or for more than three days.',
   $$SELECT e.machine_id, e.id, e.started_at FROM equipment.downtime_events e
       WHERE e.ended_at IS NULL AND (e.started_at < now() - interval '3 days' OR EXISTS (
         SELECT FROM equipment.status_history h WHERE h.organization_id = e.organization_id AND h.machine_id = e.machine_id
           AND h.at > e.started_at AND h.state = 'running'))$$),
  ('downtimes_without_reason', 'equipment.downtime_events', 'Nobody said for a day why a machine stood; it counts neither as planned nor as a failure.',
   $$SELECT machine_id, id, started_at FROM equipment.downtime_events
       WHERE started_at >= $1 AND reason_code IS NULL AND started_at < now() - interval '1 day'$$),
  ('operations_left_running', 'analytics.production_facts', 'An operation was started more than a day ago and neither paused nor completed.',
   $$SELECT DISTINCT operation_id, lane_id FROM analytics.production_facts WHERE is_running
       GROUP BY operation_id, lane_id HAVING min(started_at) < now() - interval '1 day'$$),
  ('quantities_differ', 'production.operations', 'The good or scrap quantity of an operation is not the sum of what was logged.',
   $$SELECT o.id AS operation_id, o.good_quantity, o.scrap_quantity, g.good AS logged_good, g.scrap AS logged_scrap
       FROM production.operations o CROSS JOIN LATERAL (
         SELECT coalesce(sum(l.good_quantity), 0) AS good, coalesce(sum(l.scrap_quantity), 0) AS scrap FROM production.logs l
           WHERE l.organization_id = o.organization_id AND l.operation_id = o.id) g
       WHERE o.started_at >= $1 AND (o.good_quantity, o.scrap_quantity) IS DISTINCT FROM (g.good, g.scrap)$$),
  ('stock_below_zero', 'material.inventory', 'More was taken than there was: a receipt is missing or late.',
   $$SELECT material_id, plant_id, location_id, lot_id, quantity_on_hand FROM material.inventory WHERE quantity_on_hand < 0$$),
  ('lots_expired', 'trace.lots', 'A lot is past its date and still free to use.',
   $$SELECT id, number, expires_at FROM trace.lots WHERE expires_at < now() AND status IN ('active', 'released')$$),
  ('genealogy_orphans', 'trace.genealogy', 'A link leads from or to a lot or serial that is not there: links name things of several kinds, so no foreign key says it.',
   $$SELECT g.parent_id, g.child_id, g.kind FROM trace.genealogy g
       WHERE g.at >= $1 AND (
         (g.parent_kind = 'lot' AND NOT EXISTS (SELECT FROM trace.lots l WHERE l.organization_id = g.organization_id AND l.id = g.parent_id))
         OR (g.parent_kind = 'serial' AND NOT EXISTS (SELECT FROM trace.serials s WHERE s.organization_id = g.organization_id AND s.id = g.parent_id))
         OR (g.child_kind = 'lot' AND NOT EXISTS (SELECT FROM trace.lots l WHERE l.organization_id = g.organization_id AND l.id = g.child_id))
         OR (g.child_kind = 'serial' AND NOT EXISTS (SELECT FROM trace.serials s WHERE s.organization_id = g.organization_id AND s.id = g.child_id)))$$),
  ('sensors_implausible', 'analytics.sensor_5min', 'A sensor read outside what it can: it, not the process, is wrong.',
   $$SELECT s.id AS sensor_id, s.code, min(r.minimum) AS minimum, max(r.maximum) AS maximum FROM analytics.sensor_5min r
       JOIN equipment.sensors s ON s.organization_id = r.organization_id AND s.sensor_no = r.sensor_no
       WHERE r.starts_at >= $1 AND (r.minimum < s.lower_limit OR r.maximum > s.upper_limit) GROUP BY s.id, s.code$$),
  ('rollups_late', 'analytics.dirty', 'Rollups have waited for more than a quarter of an hour: nobody refreshes them, or not often enough.',
   $$SELECT * FROM analytics.waiting() WHERE oldest_at < now() - interval '15 minutes'$$);

CREATE FUNCTION analytics.waiting() RETURNS TABLE (rollup text, notes bigint, oldest_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT d.rollup, count(*), min(d.noted_at) FROM analytics.dirty d
    WHERE d.organization_id = (SELECT identity.current_organization()) GROUP BY d.rollup
$$;
COMMENT ON FUNCTION analytics.waiting() IS 'What of the caller''s organization waits to be computed, and since when.';

-- Security invoker: what is found is what the caller may see.
CREATE FUNCTION analytics.check_data_quality(since timestamptz DEFAULT now() - interval '90 days')
  RETURNS TABLE (check_name text, target text, meaning text, passed boolean, problem_count bigint, samples jsonb)
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  one analytics.data_checks;
BEGIN
  IF NOT identity.can('admin:read')
    AND NOT pg_has_role(current_user, (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'analytics'), 'USAGE') THEN
    RAISE EXCEPTION 'permission admin:read is needed' USING ERRCODE = '42501';
  END IF;
  FOR one IN SELECT * FROM analytics.data_checks c ORDER BY c.name LOOP
    check_name := one.name;
    target := one.target;
    meaning := one.meaning;
    EXECUTE format('SELECT count(*), coalesce(jsonb_agg(to_jsonb(p)) FILTER (WHERE p.sample_no <= 5), ''[]'')
      FROM (SELECT row_number() OVER () AS sample_no, f.* FROM (%s) f) p', one.problems) INTO problem_count, samples USING since;
    passed := problem_count = 0;
    RETURN NEXT;
  END LOOP;
END
$$;
COMMENT ON FUNCTION analytics.check_data_quality(timestamptz) IS 'Each check with how many problems it found since then and up to five of them, for administrators (admin:read) and the owner.';

REVOKE ALL ON ALL ROUTINES IN SCHEMA analytics FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics.refresh(integer), analytics.waiting(), analytics.check_data_quality(timestamptz) TO lanewright_app;
GRANT EXECUTE ON FUNCTION analytics.waiting(), analytics.check_data_quality(timestamptz) TO lanewright_report;
GRANT SELECT ON analytics.oee_by_day, analytics.reliability_summary, analytics.user_activity_30_days TO lanewright_app, lanewright_report;

-- Rollups are written by refresh() alone.
INSERT INTO app.table_rules (target, scope, plant_column, plant_optional, read_permission, write_permissions, delete_permissions,
                             stamped, audited, feed_subject, feed_id) VALUES
  ('analytics.rollups', 'plumbing', NULL, false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.sources', 'plumbing', NULL, false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.dirty', 'plumbing', NULL, false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.data_checks', 'shared', NULL, false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.dates', 'shared', NULL, false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.lane_days', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.production_facts', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.daily_production', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.daily_oee', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.reliability', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.daily_spc', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.weekly_quality', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.monthly_inventory_turnover', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.user_activity', 'tenant', 'plant_id', false, 'admin:read', '{}', '{}', false, false, NULL, NULL),
  ('analytics.project_stats', 'tenant', 'plant_id', true, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.operator_workload', 'tenant', NULL, false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.sensor_5min', 'tenant', 'plant_id', false, '', '{}', '{}', false, false, NULL, NULL),
  ('analytics.report_definitions', 'tenant', 'plant_id', true, '', '{report:write}', '{report:write}', true, true, NULL, NULL),
  ('analytics.report_runs', 'tenant', 'plant_id', true, '', '{report:write}', '{report:write}', true, true, 'report-runs', 'id'),
  ('analytics.dashboards', 'tenant', 'plant_id', true, '', '{report:write}', '{report:write}', true, true, 'dashboards', 'id');

-- What the machines are, what they say, and what is done to keep them running.

CREATE TABLE equipment.machines (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  lane_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  ideal_cycle_time_ms integer NOT NULL CHECK (ideal_cycle_time_ms > 0),
  description text,
  kind text CHECK (kind <> ''),
  work_center_id uuid,
  rated_per_hour numeric CHECK (rated_per_hour > 0),
  criticality text NOT NULL DEFAULT 'medium' CHECK (criticality IN ('critical', 'high', 'medium', 'low')),
  status text NOT NULL DEFAULT 'in_service' CHECK (status IN ('in_service', 'maintenance', 'decommissioned')),
  active boolean NOT NULL DEFAULT true,
  manufacturer text,
  model text,
  serial_number text,
  installed_on date,
  purchase_cost numeric(15,2) CHECK (purchase_cost >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  location text,
  attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  FOREIGN KEY (organization_id, work_center_id) REFERENCES org.work_centers,
  CHECK (purchase_cost IS NULL OR currency IS NOT NULL)
);
COMMENT ON TABLE equipment.machines IS 'A machine as it is now; as it was stands in machine_versions. What it does at this moment, and when it was and will be maintained, is computed: machine_states.';
COMMENT ON COLUMN equipment.machines.ideal_cycle_time_ms IS 'ISO 22400-2, planned run time per item.';
COMMENT ON COLUMN equipment.machines.kind IS 'CNC, lathe, press, welder, mixer, filler, ...';
COMMENT ON COLUMN equipment.machines.rated_per_hour IS 'Pieces an hour by its maker''s plate (capacity, theoretical rate).';
COMMENT ON COLUMN equipment.machines.criticality IS 'What its loss would mean: orders the work of maintenance.';
COMMENT ON COLUMN equipment.machines.status IS 'What people decided. Running, idle and the rest are states that it reports itself.';
COMMENT ON COLUMN equipment.machines.location IS 'Where it stands, in words.';
COMMENT ON COLUMN equipment.machines.attributes IS 'Open: energy consumption, capabilities, tool places. Not indexed: under row-level security no containment operator can use one.';
CREATE INDEX machines_lane ON equipment.machines (organization_id, lane_id);
CREATE INDEX machines_plant ON equipment.machines (organization_id, plant_id) WHERE active;
CREATE INDEX machines_work_center ON equipment.machines (organization_id, work_center_id) WHERE work_center_id IS NOT NULL;

CREATE TABLE equipment.machine_versions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid NOT NULL,
  machine_id uuid NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL DEFAULT 'infinity',
  lane_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  ideal_cycle_time_ms integer NOT NULL,
  kind text,
  work_center_id uuid,
  rated_per_hour numeric,
  criticality text NOT NULL,
  status text NOT NULL,
  active boolean NOT NULL,
  manufacturer text,
  model text,
  serial_number text,
  attributes jsonb NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines ON DELETE CASCADE,
  CHECK (valid_to > valid_from),
  CONSTRAINT machine_versions_one_at_a_time EXCLUDE USING gist (organization_id WITH =, machine_id WITH =,
    tstzrange(valid_from, valid_to) WITH &&)
);
COMMENT ON TABLE equipment.machine_versions IS 'Every version of a machine with its validity (slowly changing, type 2), written by trigger. A fact joins the one with valid_from <= its time < valid_to.';
COMMENT ON COLUMN equipment.machine_versions.valid_from IS '-infinity for the first: what happened before a machine was entered belongs to it too.';
COMMENT ON COLUMN equipment.machine_versions.valid_to IS 'infinity: the version that holds now.';
CREATE INDEX machine_versions_at ON equipment.machine_versions (organization_id, machine_id, valid_from DESC);

CREATE FUNCTION equipment.keep_machine_version() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  held equipment.machine_versions;
  -- Later than the version that it ends, whatever the clock did since.
  moment timestamptz := '-infinity';
BEGIN
  SELECT * INTO held FROM equipment.machine_versions v
    WHERE v.organization_id = NEW.organization_id AND v.machine_id = NEW.id AND v.valid_to = 'infinity';
  IF FOUND THEN
    IF (held.plant_id, held.lane_id, held.code, held.name, held.ideal_cycle_time_ms, held.kind, held.work_center_id, held.rated_per_hour,
        held.criticality, held.status, held.active, held.manufacturer, held.model, held.serial_number, held.attributes)
       IS NOT DISTINCT FROM
       (NEW.plant_id, NEW.lane_id, NEW.code, NEW.name, NEW.ideal_cycle_time_ms, NEW.kind, NEW.work_center_id, NEW.rated_per_hour,
        NEW.criticality, NEW.status, NEW.active, NEW.manufacturer, NEW.model, NEW.serial_number, NEW.attributes) THEN
      RETURN NULL;
    END IF;
    moment := greatest(clock_timestamp(), held.valid_from + interval '1 microsecond');
    UPDATE equipment.machine_versions SET valid_to = moment
      WHERE organization_id = held.organization_id AND id = held.id;
  END IF;
  INSERT INTO equipment.machine_versions (organization_id, plant_id, machine_id, valid_from, lane_id, code, name, ideal_cycle_time_ms,
      kind, work_center_id, rated_per_hour, criticality, status, active, manufacturer, model, serial_number, attributes)
    VALUES (NEW.organization_id, NEW.plant_id, NEW.id, moment, NEW.lane_id, NEW.code, NEW.name, NEW.ideal_cycle_time_ms,
      NEW.kind, NEW.work_center_id, NEW.rated_per_hour, NEW.criticality, NEW.status, NEW.active, NEW.manufacturer, NEW.model,
      NEW.serial_number, NEW.attributes);
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_version AFTER INSERT OR UPDATE ON equipment.machines
  FOR EACH ROW EXECUTE FUNCTION equipment.keep_machine_version();
-- A bulk load that switches triggers off still leaves a history.
ALTER TABLE equipment.machines ENABLE ALWAYS TRIGGER keep_version;

CREATE TABLE equipment.downtime_reasons (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  code text NOT NULL,
  name text NOT NULL,
  is_planned boolean NOT NULL,
  affects_oee boolean NOT NULL DEFAULT true,
  is_failure boolean NOT NULL DEFAULT false,
  category text CHECK (category IN ('equipment', 'material', 'quality', 'setup', 'process', 'external')),
  time_class text CHECK (time_class IN ('scheduled', 'unscheduled', 'external')),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, code),
  CHECK (NOT (is_planned AND is_failure))
);
COMMENT ON TABLE equipment.downtime_reasons IS 'Why machines stand. Planned or not, cause and class of time are facts of the reason, not of each event.';
COMMENT ON COLUMN equipment.downtime_reasons.affects_oee IS 'false: taken out of planned production time (ISO 22400-2); a planned tool change may still count as a loss.';
COMMENT ON COLUMN equipment.downtime_reasons.is_failure IS 'ISO 14224: the machine lost its function; counts for MTBF and MTTR.';
COMMENT ON COLUMN equipment.downtime_reasons.category IS 'Where the cause lies.';
COMMENT ON COLUMN equipment.downtime_reasons.time_class IS 'SEMI E10: scheduled downtime, unscheduled downtime, or caused from outside the machine.';

CREATE TABLE equipment.status_history (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  machine_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'idle', 'setup', 'down', 'offline', 'available', 'maintenance', 'decommissioned')),
  fault_code text,
  quality text NOT NULL DEFAULT 'good' CHECK (quality IN ('good', 'uncertain', 'bad')),
  good_count bigint,
  reject_count bigint,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  work_order_id uuid,
  reason_code text,
  user_id uuid,
  note text,
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, reason_code) REFERENCES equipment.downtime_reasons,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users
) PARTITION BY RANGE (at);
COMMENT ON TABLE equipment.status_history IS 'A row a change of state; it lasts until the next row of the machine. The state before and the duration follow from that: rows are never rewritten.';
COMMENT ON COLUMN equipment.status_history.at IS 'OPC-UA source timestamp (Part 4, 7.11).';
COMMENT ON COLUMN equipment.status_history.good_count IS 'The machine''s own counter at that time.';
COMMENT ON COLUMN equipment.status_history.reason_code IS 'Why it stands, where that was said at once.';
COMMENT ON COLUMN equipment.status_history.user_id IS 'Who changed it by hand; NULL: the machine said so.';
CREATE INDEX status_history_at ON equipment.status_history USING brin (at);
CREATE INDEX status_history_machine ON equipment.status_history (organization_id, machine_id, at DESC);

-- Care. What is due, by the calendar or by a meter, and what was done.
CREATE TABLE equipment.sensors (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  sensor_no integer GENERATED BY DEFAULT AS IDENTITY,
  plant_id uuid NOT NULL,
  machine_id uuid,
  location_id uuid,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  kind text NOT NULL CHECK (kind <> ''),
  metric text NOT NULL CHECK (metric <> ''),
  unit text CHECK (unit <> ''),
  node_id text CHECK (node_id <> ''),
  sample_interval_ms integer CHECK (sample_interval_ms > 0),
  lower_limit double precision,
  upper_limit double precision,
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  UNIQUE (organization_id, sensor_no),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  CHECK (upper_limit > lower_limit)
);
COMMENT ON TABLE equipment.sensors IS 'One measured value of a machine or a place. A device that measures two things is two rows: metric, unit, machine and place belong here, not to each reading.';
COMMENT ON COLUMN equipment.sensors.sensor_no IS 'The small key that readings carry.';
COMMENT ON COLUMN equipment.sensors.kind IS 'Sort of device: thermocouple, flow meter, counter, ...';
COMMENT ON COLUMN equipment.sensors.metric IS 'What it measures: temperature, pressure, vibration, running hours, ...';
COMMENT ON COLUMN equipment.sensors.node_id IS 'OPC-UA node that it is read from (Part 3, 8.2).';
COMMENT ON COLUMN equipment.sensors.lower_limit IS 'Below it a reading is implausible: the sensor, not the process, is wrong.';
CREATE INDEX sensors_machine ON equipment.sensors (organization_id, machine_id);
CREATE INDEX sensors_plant ON equipment.sensors (organization_id, plant_id);

CREATE TABLE equipment.pm_schedules (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  machine_id uuid NOT NULL,
  name text NOT NULL DEFAULT '',
  kind text NOT NULL CHECK (kind IN ('inspection', 'lubrication', 'calibration', 'parts_replacement')),
  basis text NOT NULL CHECK (basis IN ('calendar', 'meter')),
  every integer NOT NULL CHECK (every > 0),
  every_unit text NOT NULL,
  lead_days integer NOT NULL DEFAULT 7 CHECK (lead_days >= 0),
  estimated_s integer CHECK (estimated_s > 0),
  checklist jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(checklist) = 'array'),
  technician_id uuid,
  last_done_on date,
  next_due_on date,
  last_done_meter numeric CHECK (last_done_meter >= 0),
  meter numeric CHECK (meter >= 0),
  meter_read_at timestamptz,
  meter_sensor_id uuid,
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines,
  FOREIGN KEY (organization_id, technician_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, meter_sensor_id) REFERENCES equipment.sensors,
  CHECK (CASE basis WHEN 'calendar' THEN every_unit IN ('days', 'weeks', 'months') AND next_due_on IS NOT NULL
                    WHEN 'meter' THEN every_unit IN ('hours', 'cycles') AND last_done_meter IS NOT NULL END),
  CHECK (next_due_on > last_done_on),
  CHECK ((meter IS NULL) = (meter_read_at IS NULL))
);
COMMENT ON TABLE equipment.pm_schedules IS 'Preventive maintenance that comes again, by the calendar or by a meter; pm_due says which is due.';
COMMENT ON COLUMN equipment.pm_schedules.every IS 'Interval, in every_unit: days, weeks, months by the calendar; hours of running or cycles by a meter.';
COMMENT ON COLUMN equipment.pm_schedules.lead_days IS 'An order is made that many days before it is due.';
COMMENT ON COLUMN equipment.pm_schedules.last_done_meter IS 'What the meter showed when it was last done; due again at that plus the interval.';
COMMENT ON COLUMN equipment.pm_schedules.meter IS 'What the meter showed last, at meter_read_at.';
COMMENT ON COLUMN equipment.pm_schedules.meter_sensor_id IS 'The sensor that counts; NULL: read by people.';
CREATE INDEX pm_schedules_machine ON equipment.pm_schedules (organization_id, machine_id);
CREATE INDEX pm_schedules_due ON equipment.pm_schedules (organization_id, plant_id, next_due_on) WHERE active;

CREATE TABLE equipment.maintenance_orders (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number <> ''),
  kind text NOT NULL CHECK (kind IN ('corrective', 'preventive', 'predictive', 'calibration')),
  pm_schedule_id uuid,
  machine_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'in_progress', 'completed', 'cancelled')),
  priority integer NOT NULL DEFAULT 50 CHECK (priority BETWEEN 1 AND 100),
  scheduled_on date NOT NULL,
  started_at timestamptz,
  completed_at timestamptz,
  description text,
  checklist jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(checklist) = 'array'),
  completion_note text,
  technician_id uuid,
  performed_by uuid,
  labor_s integer CHECK (labor_s >= 0),
  material_cost numeric(15,2) CHECK (material_cost >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, pm_schedule_id) REFERENCES equipment.pm_schedules,
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines,
  FOREIGN KEY (organization_id, technician_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, performed_by) REFERENCES identity.users,
  CHECK (completed_at >= started_at),
  CHECK (status NOT IN ('in_progress', 'completed') OR started_at IS NOT NULL),
  CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
  CHECK (material_cost IS NULL OR currency IS NOT NULL)
);
COMMENT ON TABLE equipment.maintenance_orders IS 'Work on a machine, asked for or done. That one is overdue depends on today, so it is computed, not stored: maintenance_order_states.';
COMMENT ON COLUMN equipment.maintenance_orders.pm_schedule_id IS 'The schedule that it came from; NULL: asked for by itself.';
COMMENT ON COLUMN equipment.maintenance_orders.priority IS '1 lowest to 100 highest; as words low 25, normal (medium) 50, high 75, critical 100.';
COMMENT ON COLUMN equipment.maintenance_orders.checklist IS 'The tasks, each with whether it was done.';
COMMENT ON COLUMN equipment.maintenance_orders.labor_s IS 'Seconds of work, summed over people.';
CREATE UNIQUE INDEX maintenance_orders_one_open ON equipment.maintenance_orders (organization_id, pm_schedule_id)
  WHERE status IN ('planned', 'in_progress');
CREATE INDEX maintenance_orders_machine ON equipment.maintenance_orders (organization_id, machine_id, scheduled_on DESC);
CREATE INDEX maintenance_orders_open ON equipment.maintenance_orders (organization_id, plant_id, scheduled_on)
  WHERE status IN ('planned', 'in_progress');

CREATE TABLE equipment.downtime_events (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  machine_id uuid NOT NULL,
  reason_code text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  note text,
  work_order_id uuid,
  maintenance_order_id uuid,
  resolution_note text,
  reported_by uuid,
  resolved_by uuid,
  PRIMARY KEY (organization_id, started_at, id),
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines,
  FOREIGN KEY (organization_id, reason_code) REFERENCES equipment.downtime_reasons,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, maintenance_order_id) REFERENCES equipment.maintenance_orders,
  FOREIGN KEY (organization_id, reported_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, resolved_by) REFERENCES identity.users,
  CHECK (ended_at > started_at)
) PARTITION BY RANGE (started_at);
COMMENT ON TABLE equipment.downtime_events IS 'When a machine stood, and why. The line is that of the machine, the duration ended_at - started_at. No two of a machine overlap: an exclusion constraint on the partitions would not see an event that reaches into the next month, so it stands on downtime_spans, which a trigger keeps equal.';
COMMENT ON COLUMN equipment.downtime_events.reason_code IS 'NULL until a person says why.';
COMMENT ON COLUMN equipment.downtime_events.ended_at IS 'NULL: it still stands.';
COMMENT ON COLUMN equipment.downtime_events.maintenance_order_id IS 'The order that mended it.';
CREATE INDEX downtime_events_at ON equipment.downtime_events USING brin (started_at);
CREATE INDEX downtime_events_plant ON equipment.downtime_events (organization_id, plant_id, started_at);
CREATE INDEX downtime_events_machine ON equipment.downtime_events (organization_id, machine_id, started_at DESC);

CREATE TABLE equipment.downtime_spans (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  machine_id uuid NOT NULL,
  span tstzrange NOT NULL,
  PRIMARY KEY (organization_id, id),
  CONSTRAINT downtime_events_no_overlap EXCLUDE USING gist (organization_id WITH =, machine_id WITH =, span WITH &&)
);
COMMENT ON TABLE equipment.downtime_spans IS 'The times of all downtime events in one table, for its exclusion constraint alone: it holds under every isolation level and between concurrent writers, which a trigger that looks would not.';

CREATE FUNCTION equipment.keep_downtime_span() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.organization_id, OLD.id) = (NEW.organization_id, NEW.id) THEN
    UPDATE equipment.downtime_spans SET machine_id = NEW.machine_id, span = tstzrange(NEW.started_at, NEW.ended_at)
      WHERE organization_id = NEW.organization_id AND id = NEW.id;
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM equipment.downtime_spans WHERE organization_id = OLD.organization_id AND id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO equipment.downtime_spans (organization_id, id, machine_id, span)
      VALUES (NEW.organization_id, NEW.id, NEW.machine_id, tstzrange(NEW.started_at, NEW.ended_at));
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_span AFTER INSERT OR DELETE OR UPDATE OF organization_id, id, machine_id, started_at, ended_at
  ON equipment.downtime_events FOR EACH ROW EXECUTE FUNCTION equipment.keep_downtime_span();
ALTER TABLE equipment.downtime_events ENABLE ALWAYS TRIGGER keep_span;

CREATE VIEW equipment.maintenance_order_states WITH (security_invoker = true) AS
  SELECT o.organization_id, o.id AS maintenance_order_id, o.plant_id, o.number, o.kind, o.machine_id, o.status, o.priority, o.scheduled_on,
         o.status IN ('planned', 'in_progress') AND o.scheduled_on < (now() AT TIME ZONE p.time_zone)::date AS is_overdue,
         CASE WHEN o.status IN ('planned', 'in_progress')
           THEN greatest((now() AT TIME ZONE p.time_zone)::date - o.scheduled_on, 0) ELSE 0 END AS days_overdue
    FROM equipment.maintenance_orders o JOIN org.plants p ON p.organization_id = o.organization_id AND p.id = o.plant_id;
COMMENT ON VIEW equipment.maintenance_order_states IS 'Maintenance orders with whether they are overdue today, by the plant''s calendar.';

CREATE VIEW equipment.pm_due WITH (security_invoker = true) AS
  SELECT s.organization_id, s.id AS pm_schedule_id, s.plant_id, s.machine_id, s.kind, s.basis,
         CASE s.basis WHEN 'calendar' THEN s.next_due_on END AS due_on,
         CASE s.basis WHEN 'meter' THEN s.last_done_meter + s.every END AS due_meter, s.meter, s.meter_read_at,
         CASE s.basis WHEN 'calendar' THEN s.next_due_on - s.lead_days <= (now() AT TIME ZONE p.time_zone)::date
                      ELSE coalesce(s.meter >= s.last_done_meter + s.every, false) END AS is_due,
         EXISTS (SELECT FROM equipment.maintenance_orders o WHERE o.organization_id = s.organization_id
                   AND o.pm_schedule_id = s.id AND o.status IN ('planned', 'in_progress')) AS has_open_order
    FROM equipment.pm_schedules s JOIN org.plants p ON p.organization_id = s.organization_id AND p.id = s.plant_id
    WHERE s.active;
COMMENT ON VIEW equipment.pm_due IS 'Which preventive maintenance is due, lead time included, and whether an order for it is open already. A meter gives no day, so it has no lead.';

CREATE VIEW equipment.machine_states WITH (security_invoker = true) AS
  SELECT m.organization_id, m.id AS machine_id, m.plant_id, m.code,
         CASE m.status WHEN 'in_service' THEN coalesce(h.state, 'available') ELSE m.status END AS status,
         h.at AS since, coalesce(h.work_order_id, a.work_order_id) AS current_work_order_id, done.last_maintained_on, due.next_maintenance_on
    FROM equipment.machines m
    LEFT JOIN LATERAL (
      SELECT s.state, s.at, s.work_order_id FROM equipment.status_history s
        WHERE s.organization_id = m.organization_id AND s.machine_id = m.id ORDER BY s.at DESC LIMIT 1) h ON true
    LEFT JOIN LATERAL (
      SELECT l.current_work_order_id AS work_order_id FROM production.lane_states l
        WHERE l.organization_id = m.organization_id AND l.lane_id = m.lane_id) a ON true
    LEFT JOIN LATERAL (
      SELECT (max(o.completed_at) AT TIME ZONE p.time_zone)::date AS last_maintained_on
        FROM equipment.maintenance_orders o JOIN org.plants p ON p.organization_id = o.organization_id AND p.id = o.plant_id
        WHERE o.organization_id = m.organization_id AND o.machine_id = m.id AND o.status = 'completed'
        GROUP BY p.time_zone) done ON true
    LEFT JOIN LATERAL (
      SELECT min(on_day) AS next_maintenance_on FROM (
        SELECT s.next_due_on AS on_day FROM equipment.pm_schedules s
          WHERE s.organization_id = m.organization_id AND s.machine_id = m.id AND s.active
        UNION ALL
        SELECT o.scheduled_on FROM equipment.maintenance_orders o
          WHERE o.organization_id = m.organization_id AND o.machine_id = m.id AND o.status IN ('planned', 'in_progress')) planned) due ON true;
COMMENT ON VIEW equipment.machine_states IS 'What each machine does now (available while it never reported), on which work order, and when it was and will be maintained, in days of the plant.';

-- Readings: as they come for 30 days, then an hour of a sensor in one row.
CREATE TABLE equipment.sensor_readings (
  organization_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  sensor_no integer NOT NULL,
  quality smallint NOT NULL DEFAULT 0 CHECK (quality BETWEEN 0 AND 2),
  at timestamptz NOT NULL,
  value double precision NOT NULL,
  PRIMARY KEY (organization_id, sensor_no, at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE equipment.sensor_readings IS 'Raw readings, a partition a day, packed into sensor_archive after 30 days; read both through equipment.readings. Organization and plant are uuids because policies compare them so: 32 of a row''s 84 bytes, for 30 days. A trigger checks a statement''s sensors at once; a foreign key would ask for each row.';
COMMENT ON COLUMN equipment.sensor_readings.quality IS 'OPC-UA severity (Part 4, 7.38): 0 good, 1 uncertain, 2 bad. It stands in what would be padding.';
COMMENT ON COLUMN equipment.sensor_readings.at IS 'Source timestamp; one reading a sensor and instant.';
CREATE INDEX sensor_readings_at ON equipment.sensor_readings USING brin (at);

CREATE FUNCTION equipment.check_sensors() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  unknown integer;
BEGIN
  SELECT r.sensor_no INTO unknown
    FROM (SELECT DISTINCT organization_id, plant_id, sensor_no FROM new_rows) r
    WHERE NOT EXISTS (SELECT FROM equipment.sensors s
      WHERE s.organization_id = r.organization_id AND s.sensor_no = r.sensor_no AND s.plant_id = r.plant_id)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the plant has no sensor %', unknown USING ERRCODE = '23503', CONSTRAINT = 'sensor_readings_sensor',
      SCHEMA = 'equipment', TABLE = 'sensor_readings';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER check_sensors AFTER INSERT ON equipment.sensor_readings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION equipment.check_sensors();

CREATE TABLE equipment.sensor_archive (
  organization_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  sensor_no integer NOT NULL,
  readings integer NOT NULL CHECK (readings > 0),
  hour_at timestamptz NOT NULL CHECK (hour_at AT TIME ZONE 'UTC' = date_trunc('hour', hour_at AT TIME ZONE 'UTC')),
  steps_us integer[] NOT NULL CHECK (cardinality(steps_us) = readings),
  measured double precision[] NOT NULL CHECK (cardinality(measured) = readings),
  qualities smallint[] CHECK (cardinality(qualities) = readings),
  PRIMARY KEY (organization_id, sensor_no, hour_at),
  FOREIGN KEY (organization_id, sensor_no) REFERENCES equipment.sensors (organization_id, sensor_no)
) PARTITION BY RANGE (hour_at);
COMMENT ON TABLE equipment.sensor_archive IS 'Packed readings: an hour of a sensor, ordered by time, values bit for bit. Kept for ever. Written by app.maintain_partitions alone.';
COMMENT ON COLUMN equipment.sensor_archive.hour_at IS 'The hour (UTC) that the readings fall in.';
COMMENT ON COLUMN equipment.sensor_archive.steps_us IS 'Microseconds from the hour''s start to the first reading, then from each to the next. As unsigned 32 bits: a negative number is a step of that plus 2^32, since an hour has 3.6 thousand million.';
COMMENT ON COLUMN equipment.sensor_archive.qualities IS 'NULL: all good.';

-- Written once, read whole: one set-returning step, so that the planner can inline it.
CREATE FUNCTION equipment.unpack(hour_at timestamptz, steps_us integer[], measured double precision[], qualities smallint[])
  RETURNS TABLE (at timestamptz, value double precision, quality smallint)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3600
AS $$
  SELECT hour_at + sum(CASE WHEN p.step < 0 THEN p.step + 4294967296 ELSE p.step::bigint END) OVER (ORDER BY p.n)
           * interval '1 microsecond', p.value, coalesce(p.quality, 0::smallint)
    FROM ROWS FROM (unnest(steps_us), unnest(measured), unnest(qualities)) WITH ORDINALITY AS p(step, value, quality, n)
$$;
COMMENT ON FUNCTION equipment.unpack(timestamptz, integer[], double precision[], smallint[]) IS 'The readings of a row of sensor_archive.';
GRANT EXECUTE ON FUNCTION equipment.unpack(timestamptz, integer[], double precision[], smallint[]) TO lanewright_app, lanewright_report;

CREATE VIEW equipment.readings WITH (security_invoker = true) AS
  SELECT organization_id, plant_id, sensor_no, date_trunc('hour', at, 'UTC') AS hour_at, at, value, quality
    FROM equipment.sensor_readings
  UNION ALL
  SELECT a.organization_id, a.plant_id, a.sensor_no, a.hour_at, r.at, r.value, r.quality
    FROM equipment.sensor_archive a CROSS JOIN LATERAL equipment.unpack(a.hour_at, a.steps_us, a.measured, a.qualities) r;
COMMENT ON VIEW equipment.readings IS 'All readings, packed or not. A query names hours (hour_at) besides instants, so that only those are unpacked: equipment.readings_between does.';

CREATE FUNCTION equipment.readings_between(wanted_sensor integer, from_at timestamptz, to_at timestamptz)
  RETURNS TABLE (at timestamptz, value double precision, quality smallint)
  LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT r.at, r.value, r.quality FROM equipment.sensor_readings r
    WHERE r.organization_id = (SELECT identity.current_organization()) AND r.sensor_no = wanted_sensor
      AND r.at >= from_at AND r.at < to_at
  UNION ALL
  SELECT u.at, u.value, u.quality FROM equipment.sensor_archive a
      CROSS JOIN LATERAL equipment.unpack(a.hour_at, a.steps_us, a.measured, a.qualities) u
    WHERE a.organization_id = (SELECT identity.current_organization()) AND a.sensor_no = wanted_sensor
      AND a.hour_at >= date_trunc('hour', from_at, 'UTC') AND a.hour_at < to_at AND u.at >= from_at AND u.at < to_at
  ORDER BY 1
$$;
COMMENT ON FUNCTION equipment.readings_between(integer, timestamptz, timestamptz) IS 'Readings of a sensor of one''s organization, from_at <= at < to_at, in order; unpacks the hours between only.';
GRANT EXECUTE ON FUNCTION equipment.readings_between(integer, timestamptz, timestamptz) TO lanewright_app, lanewright_report;

CREATE TABLE equipment.sensor_anomalies (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  sensor_id uuid NOT NULL,
  at timestamptz NOT NULL,
  value double precision NOT NULL,
  expected_value double precision,
  score double precision NOT NULL CHECK (score >= 0),
  acknowledged_by uuid,
  acknowledged_at timestamptz,
  note text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, sensor_id) REFERENCES equipment.sensors,
  FOREIGN KEY (organization_id, acknowledged_by) REFERENCES identity.users,
  CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL))
);
COMMENT ON TABLE equipment.sensor_anomalies IS 'Readings that a model did not expect. The metric is that of the sensor.';
COMMENT ON COLUMN equipment.sensor_anomalies.score IS 'How far from expected, by the model''s own measure; larger is stranger.';
CREATE INDEX sensor_anomalies_sensor ON equipment.sensor_anomalies (organization_id, sensor_id, at DESC);
CREATE INDEX sensor_anomalies_recent ON equipment.sensor_anomalies (organization_id, plant_id, at DESC);

CREATE TABLE equipment.alert_rules (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  sensor_id uuid NOT NULL,
  condition text NOT NULL CHECK (condition IN ('gt', 'ge', 'lt', 'le', 'eq', 'ne')),
  threshold double precision NOT NULL,
  hold_s integer NOT NULL DEFAULT 0 CHECK (hold_s >= 0),
  severity text NOT NULL DEFAULT 'warning' CHECK (severity IN ('info', 'warning', 'critical')),
  notification_channel text CHECK (notification_channel <> ''),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, sensor_id) REFERENCES equipment.sensors
);
COMMENT ON TABLE equipment.alert_rules IS 'When a sensor''s readings call somebody.';
COMMENT ON COLUMN equipment.alert_rules.hold_s IS 'Seconds that the condition must hold; 0: at once.';
COMMENT ON COLUMN equipment.alert_rules.notification_channel IS 'Kind of notify.channels; NULL: in the application only.';
CREATE INDEX alert_rules_sensor ON equipment.alert_rules (organization_id, sensor_id) WHERE active;

GRANT SELECT ON equipment.maintenance_order_states, equipment.pm_due, equipment.machine_states, equipment.readings
  TO lanewright_app, lanewright_report;

INSERT INTO app.table_rules (target, scope, plant_column, write_permissions, append_only, delete_permissions, stamped, audited,
                             feed_subject, feed_id, time_column, partition_by, retention, on_expiry) VALUES
  ('equipment.machines', 'tenant', 'plant_id', '{equipment:write}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL, 'drop'),
  ('equipment.machine_versions', 'tenant', 'plant_id', '{}', true, '{}', false, false, NULL, NULL, NULL, NULL, NULL, 'drop'),
  ('equipment.downtime_reasons', 'tenant', NULL, '{equipment:write}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL, 'drop'),
  ('equipment.status_history', 'tenant', 'plant_id', '{line:write}', true, '{}', false, false, 'machines', 'machine_id', 'at', 'month', '2 years', 'drop'),
  ('equipment.downtime_events', 'tenant', 'plant_id', '{line:write}', false, '{}', true, true, 'downtime', 'machine_id', 'started_at', 'month', '2 years', 'drop'),
  ('equipment.downtime_spans', 'plumbing', NULL, '{}', false, '{}', false, false, NULL, NULL, NULL, NULL, NULL, 'drop'),
  ('equipment.pm_schedules', 'tenant', 'plant_id', '{maintenance:write}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL, 'drop'),
  ('equipment.maintenance_orders', 'tenant', 'plant_id', '{maintenance:write}', false, '{}', true, true, 'maintenance-orders', 'id', NULL, NULL, NULL, 'drop'),
  ('equipment.sensors', 'tenant', 'plant_id', '{equipment:write}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL, 'drop'),
  ('equipment.sensor_readings', 'tenant', 'plant_id', '{line:write}', true, '{}', false, false, NULL, NULL, 'at', 'day', '30 days', 'pack'),
  ('equipment.sensor_archive', 'tenant', 'plant_id', '{}', true, '{}', false, false, NULL, NULL, 'hour_at', 'month', NULL, 'drop'),
  ('equipment.sensor_anomalies', 'tenant', 'plant_id', '{line:write,maintenance:write}', false, '{}', true, false, 'sensor-anomalies', 'sensor_id', NULL, NULL, NULL, 'drop'),
  ('equipment.alert_rules', 'tenant', 'plant_id', '{equipment:write,maintenance:write}', false, '{equipment:write,maintenance:write}', true, true, NULL, NULL, NULL, NULL, NULL, 'drop');

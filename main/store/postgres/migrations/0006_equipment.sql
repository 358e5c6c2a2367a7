-- What the machines are, what they say, and what is done to keep them running.

CREATE TABLE equipment.machines (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  lane_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  ideal_cycle_time_ms integer NOT NULL CHECK (ideal_cycle_time_ms > 0),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes
);
COMMENT ON COLUMN equipment.machines.ideal_cycle_time_ms IS 'ISO 22400-2, planned run time per item.';

CREATE TABLE equipment.downtime_reasons (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  code text NOT NULL,
  name text NOT NULL,
  is_planned boolean NOT NULL,
  PRIMARY KEY (organization_id, code)
);

CREATE TABLE equipment.status_history (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  machine_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'idle', 'setup', 'down', 'offline')),
  fault_code text,
  quality text NOT NULL DEFAULT 'good' CHECK (quality IN ('good', 'uncertain', 'bad')),
  good_count bigint,
  reject_count bigint,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines
) PARTITION BY RANGE (at);
COMMENT ON TABLE equipment.status_history IS 'A row a change of state; it lasts until the next row of the machine.';
COMMENT ON COLUMN equipment.status_history.at IS 'OPC-UA source timestamp (Part 4, 7.11).';
COMMENT ON COLUMN equipment.status_history.good_count IS 'The machine''s own counter at that time.';
CREATE INDEX status_history_at ON equipment.status_history USING brin (at);
CREATE INDEX status_history_machine ON equipment.status_history (organization_id, machine_id, at DESC);

CREATE TABLE equipment.downtime_events (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  machine_id uuid NOT NULL,
  reason_code text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  note text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines,
  FOREIGN KEY (organization_id, reason_code) REFERENCES equipment.downtime_reasons,
  CHECK (ended_at > started_at),
  EXCLUDE USING gist (organization_id WITH =, machine_id WITH =, tstzrange(started_at, ended_at) WITH &&)
);
COMMENT ON COLUMN equipment.downtime_events.reason_code IS 'NULL until a person says why.';
CREATE INDEX downtime_events_plant ON equipment.downtime_events (organization_id, plant_id, started_at);

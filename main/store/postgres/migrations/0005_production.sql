-- What is made, on which lane, by whom, and when.

CREATE TABLE production.shifts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  starts_at time NOT NULL,
  ends_at time NOT NULL,
  weekdays integer[] NOT NULL CHECK (weekdays <@ '{1,2,3,4,5,6,7}' AND cardinality(weekdays) > 0),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON COLUMN production.shifts.ends_at IS 'Plant''s local time; at or before starts_at it means the next day.';
COMMENT ON COLUMN production.shifts.weekdays IS 'ISO 8601 weekdays on which the shift begins, Monday 1.';

CREATE TABLE production.closures (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  lane_id uuid,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (ends_at > starts_at)
);
COMMENT ON TABLE production.closures IS 'Times without work in spite of a shift: a holiday of the plant, or maintenance of one lane.';

CREATE TABLE production.lanes (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  area_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  position integer NOT NULL,
  capacity integer NOT NULL DEFAULT 1 CHECK (capacity > 0),
  shift_codes text[] NOT NULL,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, area_id) REFERENCES org.areas
);
COMMENT ON COLUMN production.lanes.capacity IS 'Operations that may run at once.';
COMMENT ON COLUMN production.lanes.shift_codes IS 'The plant''s shifts in which the lane works.';

CREATE TABLE production.work_orders (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^WO-[0-9]{6}$'),
  material_id uuid NOT NULL,
  quantity numeric NOT NULL CHECK (quantity > 0),
  unit text NOT NULL,
  status text NOT NULL CHECK (status IN ('planned', 'released', 'in_progress', 'completed', 'closed', 'cancelled')),
  priority integer NOT NULL DEFAULT 50 CHECK (priority BETWEEN 1 AND 100),
  due_at timestamptz NOT NULL,
  customer text,
  lot_id uuid,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials
);
COMMENT ON COLUMN production.work_orders.priority IS '1 lowest to 100 highest.';
COMMENT ON COLUMN production.work_orders.lot_id IS 'The lot it makes.';

CREATE TABLE production.operations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  work_order_id uuid NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  code text NOT NULL,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('planned', 'ready', 'running', 'paused', 'completed', 'cancelled')),
  duration_s integer NOT NULL CHECK (duration_s > 0),
  eligible_lane_ids uuid[] NOT NULL CHECK (cardinality(eligible_lane_ids) > 0),
  lane_id uuid,
  starts_at timestamptz,
  ends_at timestamptz,
  good_quantity numeric NOT NULL DEFAULT 0 CHECK (good_quantity >= 0),
  scrap_quantity numeric NOT NULL DEFAULT 0 CHECK (scrap_quantity >= 0),
  started_at timestamptz,
  completed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, work_order_id, number),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  CHECK (ends_at > starts_at),
  CHECK ((lane_id IS NULL) = (starts_at IS NULL) AND (starts_at IS NULL) = (ends_at IS NULL))
);
COMMENT ON COLUMN production.operations.number IS 'Sequence in the work order: 10, 20, ... A higher number begins after the lower ones end.';
COMMENT ON COLUMN production.operations.code IS 'Work order number/operation number, as printed on the traveller.';
COMMENT ON COLUMN production.operations.duration_s IS 'Set-up and run, seconds of working time.';
COMMENT ON COLUMN production.operations.lane_id IS 'Where it stands in the plan, from starts_at to ends_at; all three NULL while unscheduled.';
CREATE INDEX operations_lane ON production.operations (organization_id, plant_id, lane_id, ends_at);
CREATE INDEX operations_open ON production.operations (organization_id, plant_id) WHERE status IN ('planned', 'ready', 'running', 'paused');

CREATE TABLE production.logs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  operation_id uuid NOT NULL,
  lane_id uuid,
  event text NOT NULL CHECK (event IN ('start', 'pause', 'resume', 'complete', 'report', 'issue')),
  good_quantity numeric NOT NULL DEFAULT 0 CHECK (good_quantity >= 0),
  scrap_quantity numeric NOT NULL DEFAULT 0 CHECK (scrap_quantity >= 0),
  note text,
  user_id uuid NOT NULL,
  station_code text,
  source text NOT NULL DEFAULT 'typed' CHECK (source IN ('wedge', 'typed', 'serial', 'tcp', 'cli', 'machine', 'import')),
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users
) PARTITION BY RANGE (at);
COMMENT ON COLUMN production.logs.at IS 'When it happened at the station; recorded_at is when the database learnt of it.';
CREATE INDEX logs_at ON production.logs USING brin (at);
CREATE INDEX logs_operation ON production.logs (organization_id, operation_id, at);

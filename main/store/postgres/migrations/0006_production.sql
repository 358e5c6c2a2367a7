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
  break_s integer NOT NULL DEFAULT 1800 CHECK (break_s >= 0),
  breaks_at time[] NOT NULL DEFAULT '{}',
  target_quantity numeric CHECK (target_quantity > 0),
  oee_target_ratio numeric CHECK (oee_target_ratio BETWEEN 0 AND 1),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  UNIQUE (organization_id, plant_id, name),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (cardinality(breaks_at) = 0 OR break_s >= 60 * cardinality(breaks_at))
);
COMMENT ON TABLE production.shifts IS 'The pattern of a shift; which lanes work in it stands with the lane.';
COMMENT ON COLUMN production.shifts.break_s IS 'Seconds of a shift in which nobody works: planned, so not lost.';
COMMENT ON COLUMN production.shifts.breaks_at IS 'When breaks begin, plant''s local time, each for the same share of break_s: the lanes of the shift do not work then. Empty: breaks are taken as the work allows, and not planned around.';
COMMENT ON COLUMN production.shifts.target_quantity IS 'Units the plant means to make in one shift; NULL: no target.';
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
  work_center_id uuid,
  kind text CHECK (kind IN ('fabrication', 'machining', 'assembly', 'testing', 'mixing', 'filling', 'packing', 'other')),
  status text NOT NULL DEFAULT 'available' CHECK (status IN ('available', 'maintenance', 'inactive')),
  active boolean NOT NULL DEFAULT true,
  unit_capacity boolean GENERATED ALWAYS AS (capacity = 1) STORED,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  UNIQUE (organization_id, id, unit_capacity),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, area_id) REFERENCES org.areas,
  FOREIGN KEY (organization_id, work_center_id) REFERENCES org.work_centers
);
COMMENT ON TABLE production.lanes IS 'A row of the lane board. What it works on now, and that it is occupied, follow from its live assignment: production.lane_states.';
COMMENT ON COLUMN production.lanes.status IS 'What people decided; occupied is computed.';
COMMENT ON COLUMN production.lanes.active IS 'false: out of use, kept for what was made on it.';
COMMENT ON COLUMN production.lanes.unit_capacity IS 'What the assignments of the lane refer to, so that those of one with room for one may not overlap.';
COMMENT ON COLUMN production.lanes.capacity IS 'Operations that may run at once.';
COMMENT ON COLUMN production.lanes.shift_codes IS 'The plant''s shifts in which the lane works.';
CREATE INDEX lanes_area ON production.lanes (organization_id, area_id);
CREATE INDEX lanes_work_center ON production.lanes (organization_id, work_center_id) WHERE work_center_id IS NOT NULL;
ALTER TABLE production.closures ADD FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes;
CREATE INDEX closures_plant ON production.closures (organization_id, plant_id, ends_at);

-- What it costs to go from one thing to the next on a lane.
CREATE TABLE production.setup_families (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE production.setup_families IS 'Operations of one family follow each other without a change of set-up: one colour, one tool, one allergen class.';

CREATE TABLE production.setup_transitions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  lane_id uuid,
  from_family_id uuid,
  to_family_id uuid NOT NULL,
  duration_s integer NOT NULL CHECK (duration_s >= 0),
  cost numeric(15,2) NOT NULL DEFAULT 0 CHECK (cost >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  forbidden boolean NOT NULL DEFAULT false,
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, plant_id, lane_id, from_family_id, to_family_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  FOREIGN KEY (organization_id, from_family_id) REFERENCES production.setup_families,
  FOREIGN KEY (organization_id, to_family_id) REFERENCES production.setup_families,
  CHECK (cost = 0 OR currency IS NOT NULL)
);
COMMENT ON TABLE production.setup_transitions IS 'The set-up matrix: time and cost from one family to another. The row that names the lane and the family before wins over those that do not; without a row the change is free.';
COMMENT ON COLUMN production.setup_transitions.forbidden IS 'The change may not be made at all: what is white is not run after black.';
COMMENT ON COLUMN production.setup_transitions.lane_id IS 'NULL: on every lane of the plant without a row of its own.';
COMMENT ON COLUMN production.setup_transitions.from_family_id IS 'NULL: from any other family, and from a cold lane.';
CREATE INDEX setup_transitions_to ON production.setup_transitions (organization_id, to_family_id);

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
  project_id uuid,
  department_id uuid,
  kind text CHECK (kind IN ('fabrication', 'machining', 'assembly', 'testing', 'mixing', 'filling', 'packing', 'other')),
  description text,
  planned_start_on date,
  planned_end_on date,
  erp_number text CHECK (erp_number <> ''),
  assigned_to uuid,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, department_id) REFERENCES org.departments,
  FOREIGN KEY (organization_id, assigned_to) REFERENCES identity.users,
  CHECK (planned_end_on >= planned_start_on)
);
COMMENT ON TABLE production.work_orders IS 'An order to make a quantity of a material. What is made of it, and when it truly began and ended, is the sum of its operations: production.work_order_progress.';
COMMENT ON COLUMN production.work_orders.priority IS '1 lowest to 100 highest; as words low 25, normal (medium) 50, high 75, critical 100.';
COMMENT ON COLUMN production.work_orders.lot_id IS 'The lot it makes.';
COMMENT ON COLUMN production.work_orders.planned_start_on IS 'Days of the plant as agreed, before and apart from the schedule of its operations.';
COMMENT ON COLUMN production.work_orders.erp_number IS 'Production order in the ERP that it came from, as people there call it; the mapping of ids is integration.external_references.';
COMMENT ON COLUMN production.work_orders.assigned_to IS 'Who answers for it.';
CREATE INDEX work_orders_open ON production.work_orders (organization_id, plant_id, status, due_at)
  WHERE status IN ('planned', 'released', 'in_progress');
CREATE INDEX work_orders_material ON production.work_orders (organization_id, material_id);
CREATE INDEX work_orders_project ON production.work_orders (organization_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX work_orders_erp ON production.work_orders (organization_id, erp_number) WHERE erp_number IS NOT NULL;

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
  setup_s integer NOT NULL DEFAULT 0 CHECK (setup_s >= 0),
  good_quantity numeric NOT NULL DEFAULT 0 CHECK (good_quantity >= 0),
  scrap_quantity numeric NOT NULL DEFAULT 0 CHECK (scrap_quantity >= 0),
  started_at timestamptz,
  completed_at timestamptz,
  description text,
  setup_family_id uuid,
  locked boolean NOT NULL DEFAULT false,
  interruptible boolean NOT NULL DEFAULT true,
  part integer NOT NULL DEFAULT 1 CHECK (part > 0),
  quantity numeric CHECK (quantity > 0),
  split_from_id uuid,
  actual_s integer CHECK (actual_s >= 0),
  assigned_to uuid,
  completed_by uuid,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, work_order_id, number, part),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  FOREIGN KEY (organization_id, setup_family_id) REFERENCES production.setup_families,
  FOREIGN KEY (organization_id, split_from_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, assigned_to) REFERENCES identity.users,
  FOREIGN KEY (organization_id, completed_by) REFERENCES identity.users,
  CHECK (ends_at > starts_at),
  CHECK ((lane_id IS NULL) = (starts_at IS NULL) AND (starts_at IS NULL) = (ends_at IS NULL)),
  CHECK ((split_from_id IS NULL) = (part = 1)),
  CHECK (split_from_id IS NULL OR quantity IS NOT NULL)
);
COMMENT ON TABLE production.operations IS 'A step of a work order, and where it stands in the plan. One whose quantity is split is a row a part.';
COMMENT ON COLUMN production.operations.number IS 'Sequence in the work order: 10, 20, ... A higher number begins after the lower ones end, where operation_links say nothing else.';
COMMENT ON COLUMN production.operations.code IS 'Work order number/operation number, as printed on the traveller; -2 and up behind it where it is not the first part.';
COMMENT ON COLUMN production.operations.setup_s IS 'Part of the bar that is set-up after what runs before, seconds of working time; comes on top of duration_s.';
COMMENT ON COLUMN production.operations.locked IS 'A planner holds it where it stands: no solver and no drag moves it.';
COMMENT ON COLUMN production.operations.interruptible IS 'false: it begins and ends in one stretch of work (a cure, a weld).';
COMMENT ON COLUMN production.operations.part IS '1, or which part of the split quantity.';
COMMENT ON COLUMN production.operations.quantity IS 'Of this part; NULL: all of the work order.';
COMMENT ON COLUMN production.operations.split_from_id IS 'The first part, which the others were split from.';
COMMENT ON COLUMN production.operations.duration_s IS 'Set-up and run, seconds of working time, on a lane without a row in operation_lanes.';
COMMENT ON COLUMN production.operations.eligible_lane_ids IS 'Alternative lanes; times that depend on the lane stand in operation_lanes.';
COMMENT ON COLUMN production.operations.setup_family_id IS 'NULL: no set-up that depends on what ran before.';
COMMENT ON COLUMN production.operations.started_at IS 'By the clock of the station that reported it; completed_at may come from another station, so neither is checked against the other.';
COMMENT ON COLUMN production.operations.actual_s IS 'Seconds of working time that it took, known when it is completed.';
COMMENT ON COLUMN production.operations.lane_id IS 'Where it stands in the plan, from starts_at to ends_at; all three NULL while unscheduled.';
CREATE INDEX operations_lane ON production.operations (organization_id, plant_id, lane_id, ends_at);
CREATE INDEX operations_parts ON production.operations (organization_id, split_from_id) WHERE split_from_id IS NOT NULL;
CREATE INDEX operations_open ON production.operations (organization_id, plant_id) WHERE status IN ('planned', 'ready', 'running', 'paused');

CREATE TABLE production.operation_links (
  organization_id uuid NOT NULL,
  predecessor_id uuid NOT NULL,
  successor_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  kind text NOT NULL DEFAULT 'finish_start' CHECK (kind IN ('finish_start', 'start_start', 'finish_finish')),
  min_lag_s integer NOT NULL DEFAULT 0 CHECK (min_lag_s >= 0),
  max_lag_s integer CHECK (max_lag_s >= min_lag_s),
  PRIMARY KEY (organization_id, predecessor_id, successor_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, predecessor_id) REFERENCES production.operations ON DELETE CASCADE,
  FOREIGN KEY (organization_id, successor_id) REFERENCES production.operations ON DELETE CASCADE,
  CHECK (predecessor_id <> successor_id)
);
COMMENT ON TABLE production.operation_links IS 'Precedence, also between work orders. Links never lead back to where they began: a trigger refuses.';
COMMENT ON COLUMN production.operation_links.kind IS 'Lags are from the end of the predecessor to the start of the successor; from start to start; or from end to end. start_start and finish_finish overlap.';
COMMENT ON COLUMN production.operation_links.min_lag_s IS 'Seconds by the clock, not of working time: glue dries at night too.';
COMMENT ON COLUMN production.operation_links.max_lag_s IS 'NULL: as late as one likes.';
CREATE INDEX operation_links_successor ON production.operation_links (organization_id, successor_id);

CREATE FUNCTION production.refuse_link_cycle() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- One at a time: two links that close a circle together would not see each other.
  PERFORM pg_advisory_xact_lock(hashtextextended('production.operation_links ' || NEW.organization_id, 0));
  IF EXISTS (
    WITH RECURSIVE later AS (
      SELECT NEW.successor_id AS id
      UNION
      SELECT link.successor_id FROM later JOIN production.operation_links link
        ON link.organization_id = NEW.organization_id AND link.predecessor_id = later.id)
    SELECT FROM later WHERE id = NEW.predecessor_id) THEN
    RAISE EXCEPTION 'operation links would form a circle' USING ERRCODE = '23514', CONSTRAINT = 'operation_links_acyclic',
      SCHEMA = 'production', TABLE = 'operation_links';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER acyclic AFTER INSERT OR UPDATE OF predecessor_id, successor_id ON production.operation_links
  FOR EACH ROW EXECUTE FUNCTION production.refuse_link_cycle();

CREATE TABLE production.operation_lanes (
  organization_id uuid NOT NULL,
  operation_id uuid NOT NULL,
  lane_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  setup_s integer NOT NULL DEFAULT 0 CHECK (setup_s >= 0),
  run_s integer NOT NULL CHECK (run_s > 0),
  preference integer NOT NULL DEFAULT 50 CHECK (preference BETWEEN 1 AND 100),
  PRIMARY KEY (organization_id, operation_id, lane_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations ON DELETE CASCADE,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes
);
COMMENT ON TABLE production.operation_lanes IS 'Times of an operation on one of its eligible lanes, where they differ from operations.duration_s.';
COMMENT ON COLUMN production.operation_lanes.setup_s IS 'Seconds of working time that do not depend on what ran before; those that do are in setup_transitions.';
COMMENT ON COLUMN production.operation_lanes.preference IS '1 last choice to 100 first.';
CREATE INDEX operation_lanes_lane ON production.operation_lanes (organization_id, lane_id);

CREATE TABLE production.lane_assignments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  lane_id uuid NOT NULL,
  unit_capacity boolean NOT NULL,
  work_order_id uuid NOT NULL,
  operation_id uuid,
  status text NOT NULL DEFAULT 'live' CHECK (status IN ('live', 'released', 'cancelled')),
  assigned_at timestamptz NOT NULL DEFAULT now(),
  released_at timestamptz,
  note text,
  assigned_by uuid NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, lane_id, unit_capacity) REFERENCES production.lanes (organization_id, id, unit_capacity)
    ON UPDATE CASCADE,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, assigned_by) REFERENCES identity.users,
  CHECK (released_at > assigned_at),
  CHECK (status <> 'live' OR released_at IS NULL),
  CHECK (status <> 'released' OR released_at IS NOT NULL),
  CONSTRAINT lane_assignments_one_at_a_time EXCLUDE USING gist (organization_id WITH =, lane_id WITH =,
    tstzrange(assigned_at, released_at) WITH &&) WHERE (unit_capacity AND status <> 'cancelled')
);
COMMENT ON TABLE production.lane_assignments IS 'Which work order had which lane, and when. On a lane with room for one no two overlap, those of the past included; a lane may not shrink to one while two share it.';
COMMENT ON COLUMN production.lane_assignments.unit_capacity IS 'The lane''s own flag, kept equal by trigger and foreign key; clients do not write it.';
COMMENT ON COLUMN production.lane_assignments.status IS 'cancelled: recorded in error, takes no room.';
COMMENT ON COLUMN production.lane_assignments.released_at IS 'NULL: still there.';
CREATE INDEX lane_assignments_lane ON production.lane_assignments (organization_id, lane_id, assigned_at DESC);
CREATE INDEX lane_assignments_work_order ON production.lane_assignments (organization_id, work_order_id);

CREATE FUNCTION production.copy_unit_capacity() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- A lane that is not there is left to the foreign key, which says so.
  NEW.unit_capacity := coalesce((SELECT unit_capacity FROM production.lanes
    WHERE organization_id = NEW.organization_id AND id = NEW.lane_id), true);
  RETURN NEW;
END
$$;
CREATE TRIGGER copy_unit_capacity BEFORE INSERT OR UPDATE OF lane_id, organization_id ON production.lane_assignments
  FOR EACH ROW EXECUTE FUNCTION production.copy_unit_capacity();
-- Bulk loads switch triggers off; this one fills a column that must not be NULL.
ALTER TABLE production.lane_assignments ENABLE ALWAYS TRIGGER copy_unit_capacity;

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
  duration_ms bigint CHECK (duration_ms >= 0),
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users
) PARTITION BY RANGE (at);
COMMENT ON TABLE production.logs IS 'What was reported on the floor, by people and lines. The work order is that of the operation.';
COMMENT ON COLUMN production.logs.duration_ms IS 'How long it took, where a line says so itself.';
COMMENT ON COLUMN production.logs.at IS 'When it happened at the station; recorded_at is when the database learnt of it.';
CREATE INDEX logs_at ON production.logs USING brin (at);
CREATE INDEX logs_operation ON production.logs (organization_id, operation_id, at);

CREATE TABLE production.manpower_allocations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  work_order_id uuid NOT NULL,
  lane_id uuid,
  user_id uuid NOT NULL,
  role text NOT NULL DEFAULT 'operator' CHECK (role IN ('operator', 'supervisor', 'qc_inspector')),
  allocated_at timestamptz NOT NULL DEFAULT now(),
  released_at timestamptz,
  worked_s integer CHECK (worked_s >= 0),
  allocated_by uuid NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, allocated_by) REFERENCES identity.users,
  CHECK (released_at > allocated_at),
  CONSTRAINT manpower_allocations_one_place EXCLUDE USING gist (organization_id WITH =, user_id WITH =,
    tstzrange(allocated_at, released_at) WITH &&)
);
COMMENT ON TABLE production.manpower_allocations IS 'Who works on what. A person is in one place at a time, over all plants.';
COMMENT ON COLUMN production.manpower_allocations.released_at IS 'NULL: until told otherwise.';
COMMENT ON COLUMN production.manpower_allocations.worked_s IS 'Seconds worked, breaks taken out.';
CREATE INDEX manpower_allocations_work_order ON production.manpower_allocations (organization_id, work_order_id);

CREATE TABLE production.schedule_versions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  name text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'archived')),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  based_on_id uuid,
  plan_id uuid,
  optimization_run_id uuid,
  frozen_until timestamptz,
  published_at timestamptz,
  published_by uuid,
  publish_reason text CHECK (publish_reason <> ''),
  signature_id uuid,
  figures jsonb CHECK (jsonb_typeof(figures) = 'object'),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, based_on_id) REFERENCES production.schedule_versions,
  FOREIGN KEY (organization_id, plan_id) REFERENCES production.schedule_versions,
  FOREIGN KEY (organization_id, published_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, signature_id) REFERENCES identity.signatures,
  CHECK (ends_at > starts_at),
  CHECK ((published_at IS NULL) = (published_by IS NULL)),
  CHECK (status <> 'published' OR (published_at IS NOT NULL AND signature_id IS NOT NULL)),
  CHECK (status <> 'draft' OR published_at IS NULL)
);
COMMENT ON TABLE production.schedule_versions IS 'A plan of a plant. Drafts are worked on; one is published, and the one before it archived in the same transaction.';
COMMENT ON COLUMN production.schedule_versions.starts_at IS 'The horizon that was planned, until ends_at.';
COMMENT ON COLUMN production.schedule_versions.based_on_id IS 'The version it was copied from.';
COMMENT ON COLUMN production.schedule_versions.plan_id IS 'The version that held when it was made: once another is published, it may not be any more.';
COMMENT ON COLUMN production.schedule_versions.frozen_until IS 'What starts before stands still, for the solver and for people.';
COMMENT ON COLUMN production.schedule_versions.figures IS 'How good it was when it was published or given up: late orders, tardiness, set-ups, changes, load. NULL for a draft, whose figures are counted.';
COMMENT ON COLUMN production.schedule_versions.signature_id IS 'Under which it was published.';
COMMENT ON COLUMN production.schedule_versions.optimization_run_id IS 'The solver run that made it; NULL: by hand.';
CREATE UNIQUE INDEX schedule_versions_one_published ON production.schedule_versions (organization_id, plant_id)
  WHERE status = 'published';

CREATE TABLE production.schedule_entries (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  schedule_version_id uuid NOT NULL,
  work_order_id uuid NOT NULL,
  operation_id uuid,
  split_from_id uuid,
  part integer CHECK (part > 0),
  quantity numeric CHECK (quantity > 0),
  lane_id uuid,
  starts_at timestamptz,
  ends_at timestamptz,
  setup_s integer NOT NULL DEFAULT 0 CHECK (setup_s >= 0),
  is_fixed boolean NOT NULL DEFAULT false,
  plan_lane_id uuid,
  plan_starts_at timestamptz,
  plan_fixed boolean NOT NULL DEFAULT false,
  status text NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'in_progress', 'completed', 'cancelled')),
  started_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, schedule_version_id, operation_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, schedule_version_id) REFERENCES production.schedule_versions ON DELETE CASCADE,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, split_from_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  CHECK (ends_at > starts_at),
  CHECK ((starts_at IS NULL) = (ends_at IS NULL)),
  CHECK (ended_at >= started_at),
  CHECK (split_from_id IS NULL OR (part > 1 AND quantity IS NOT NULL))
);
COMMENT ON TABLE production.schedule_entries IS 'A bar of a schedule version. Its day is that of starts_at in the plant''s time zone, not a column of its own; what was planned stands still once the version is no draft any more.';
COMMENT ON COLUMN production.schedule_entries.split_from_id IS 'Operation that this is a part of, split off in the draft: when it is published, an operation of the entry''s own id is made of it, and operation_id names that.';
COMMENT ON COLUMN production.schedule_entries.quantity IS 'Where the draft splits or joins otherwise than the plan; NULL: as the operation has it. A part that the draft joined to another is cancelled.';
COMMENT ON COLUMN production.schedule_entries.plan_lane_id IS 'Where the plan had it when the entry was made, with plan_starts_at and plan_fixed: an entry that still says the same follows the plan.';
COMMENT ON COLUMN production.schedule_entries.starts_at IS 'Planned; NULL with ends_at: known, not yet placed.';
COMMENT ON COLUMN production.schedule_entries.started_at IS 'As it truly went, with ended_at.';
COMMENT ON COLUMN production.schedule_entries.setup_s IS 'Part of the bar that is set-up after what ran before, seconds of working time.';
COMMENT ON COLUMN production.schedule_entries.is_fixed IS 'The solver leaves it where it is.';
CREATE INDEX schedule_entries_lane ON production.schedule_entries (organization_id, schedule_version_id, lane_id, starts_at);
CREATE INDEX schedule_entries_plant ON production.schedule_entries (organization_id, plant_id, starts_at);
CREATE INDEX schedule_entries_work_order ON production.schedule_entries (organization_id, work_order_id);

-- What was published is evidence: only how it went may still be written.
CREATE FUNCTION production.keep_published_plan() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  held text;
BEGIN
  IF TG_TABLE_NAME = 'schedule_versions' THEN
    held := OLD.status;
  ELSE
    SELECT string_agg(v.status, ',' ) FILTER (WHERE v.status <> 'draft') INTO held FROM production.schedule_versions v
      WHERE (TG_OP <> 'DELETE' AND (v.organization_id, v.id) = (NEW.organization_id, NEW.schedule_version_id))
         OR (TG_OP <> 'INSERT' AND (v.organization_id, v.id) = (OLD.organization_id, OLD.schedule_version_id));
  END IF;
  IF coalesce(held, 'draft') <> 'draft' THEN
    RAISE EXCEPTION 'a schedule that is % stands as it is', held USING ERRCODE = '23514',
      CONSTRAINT = 'schedule_published_stands', SCHEMA = 'production', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER keep_published_plan BEFORE DELETE ON production.schedule_versions
  FOR EACH ROW EXECUTE FUNCTION production.keep_published_plan();
CREATE TRIGGER keep_published_plan BEFORE INSERT OR DELETE OR UPDATE OF organization_id, plant_id, schedule_version_id, work_order_id,
  operation_id, split_from_id, part, quantity, lane_id, starts_at, ends_at, setup_s, is_fixed ON production.schedule_entries
  FOR EACH ROW EXECUTE FUNCTION production.keep_published_plan();

-- Who looks at which version, and what they have selected: worth nothing after a minute, so it may go with a crash.
CREATE UNLOGGED TABLE production.schedule_presence (
  organization_id uuid NOT NULL,
  schedule_version_id uuid NOT NULL,
  user_id uuid NOT NULL DEFAULT identity.current_user_id(),
  plant_id uuid NOT NULL,
  selection uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(selection) <= 200),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, schedule_version_id, user_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, schedule_version_id) REFERENCES production.schedule_versions ON DELETE CASCADE,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users
);
COMMENT ON TABLE production.schedule_presence IS 'Planners at a version, one row each; read where seen_at is less than a minute ago.';
COMMENT ON COLUMN production.schedule_presence.selection IS 'Operations that the person has selected.';
CREATE INDEX schedule_presence_plant ON production.schedule_presence (organization_id, plant_id);

-- A desk speaks for who sits at it, whatever name it gives.
CREATE FUNCTION production.own_presence() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.user_id := coalesce(identity.current_user_id(), NEW.user_id);
  NEW.seen_at := clock_timestamp();
  RETURN NEW;
END
$$;
CREATE TRIGGER own_presence BEFORE INSERT OR UPDATE ON production.schedule_presence
  FOR EACH ROW EXECUTE FUNCTION production.own_presence();

CREATE TABLE production.capacity_reservations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  quantity numeric NOT NULL CHECK (quantity > 0),
  unit text NOT NULL CHECK (unit <> ''),
  ready_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  released_at timestamptz,
  note text NOT NULL DEFAULT '',
  reserved_by uuid NOT NULL DEFAULT identity.current_user_id(),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, reserved_by) REFERENCES identity.users
);
COMMENT ON TABLE production.capacity_reservations IS 'Room on lanes that was promised for a quantity: held until it expires or is released.';
COMMENT ON COLUMN production.capacity_reservations.ready_at IS 'When the quantity was promised.';
COMMENT ON COLUMN production.capacity_reservations.released_at IS 'Given back before it expired, or made into work orders.';
CREATE INDEX capacity_reservations_plant ON production.capacity_reservations (organization_id, plant_id, expires_at) WHERE released_at IS NULL;

CREATE TABLE production.capacity_reservation_steps (
  organization_id uuid NOT NULL,
  reservation_id uuid NOT NULL,
  position integer NOT NULL CHECK (position > 0),
  plant_id uuid NOT NULL,
  lane_id uuid NOT NULL,
  operation_name text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, reservation_id, position),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, reservation_id) REFERENCES production.capacity_reservations ON DELETE CASCADE,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  CHECK (ends_at > starts_at)
);
COMMENT ON TABLE production.capacity_reservation_steps IS 'The stretches of a reservation, in order: nothing else is placed on the lane in them.';
CREATE INDEX capacity_reservation_steps_lane ON production.capacity_reservation_steps (organization_id, lane_id, ends_at);

CREATE TABLE production.resource_plans (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  project_id uuid NOT NULL,
  number text NOT NULL CHECK (number <> ''),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'approved', 'archived')),
  approved_by uuid,
  approved_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, approved_by) REFERENCES identity.users,
  CHECK (ends_on >= starts_on),
  CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
  CHECK (status <> 'approved' OR approved_at IS NOT NULL)
);
COMMENT ON TABLE production.resource_plans IS 'Resource planning sheet of a project for a period.';
CREATE INDEX resource_plans_project ON production.resource_plans (organization_id, project_id);
CREATE INDEX resource_plans_plant ON production.resource_plans (organization_id, plant_id, status);

CREATE TABLE production.resource_plan_lines (
  organization_id uuid NOT NULL,
  resource_plan_id uuid NOT NULL,
  position integer NOT NULL CHECK (position > 0),
  plant_id uuid NOT NULL,
  lane_id uuid,
  role text CHECK (role IN ('operator', 'supervisor', 'qc_inspector')),
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  needed_s integer NOT NULL CHECK (needed_s > 0),
  note text,
  PRIMARY KEY (organization_id, resource_plan_id, position),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, resource_plan_id) REFERENCES production.resource_plans ON DELETE CASCADE,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  CHECK (ends_on >= starts_on),
  CHECK (num_nonnulls(lane_id, role) = 1)
);
COMMENT ON TABLE production.resource_plan_lines IS 'Working time that the plan needs of one lane, or of people in one role.';
COMMENT ON COLUMN production.resource_plan_lines.needed_s IS 'Seconds of working time in the days of the line, together.';

CREATE TABLE production.daily_work_logs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  worked_on date NOT NULL,
  shift_id uuid,
  work_order_id uuid,
  lane_id uuid,
  workers_present integer CHECK (workers_present >= 0),
  worked_s integer CHECK (worked_s >= 0),
  quantity numeric CHECK (quantity >= 0),
  unit text CHECK (unit <> ''),
  note text,
  logged_by uuid NOT NULL,
  station_code text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, shift_id) REFERENCES production.shifts,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  FOREIGN KEY (organization_id, logged_by) REFERENCES identity.users,
  CHECK (quantity IS NULL OR unit IS NOT NULL)
);
COMMENT ON TABLE production.daily_work_logs IS 'A shift''s own summary of its day, as people wrote it; figures that are computed stand in analytics.';
COMMENT ON COLUMN production.daily_work_logs.worked_on IS 'Day of the plant on which the shift began.';
COMMENT ON COLUMN production.daily_work_logs.worked_s IS 'Seconds, summed over the people present.';
CREATE INDEX daily_work_logs_day ON production.daily_work_logs (organization_id, plant_id, worked_on DESC);

CREATE TABLE production.shift_handovers (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  shift_id uuid NOT NULL,
  worked_on date NOT NULL,
  notes text NOT NULL CHECK (notes <> ''),
  work_in_progress jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(work_in_progress) = 'array'),
  issues jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(issues) = 'array'),
  logged_by uuid NOT NULL,
  logged_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_by uuid,
  acknowledged_at timestamptz,
  station_code text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, shift_id, worked_on),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, shift_id) REFERENCES production.shifts,
  FOREIGN KEY (organization_id, logged_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, acknowledged_by) REFERENCES identity.users,
  CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
  CHECK (acknowledged_at >= logged_at)
);
COMMENT ON TABLE production.shift_handovers IS 'What one shift tells the next: one a shift and day.';
COMMENT ON COLUMN production.shift_handovers.work_in_progress IS 'Work orders that the next shift goes on with, as they stood.';
CREATE INDEX shift_handovers_day ON production.shift_handovers (organization_id, plant_id, worked_on DESC);

CREATE TABLE production.shift_performance (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid NOT NULL,
  shift_id uuid NOT NULL,
  worked_on date NOT NULL,
  target_quantity numeric CHECK (target_quantity > 0),
  actual_quantity numeric CHECK (actual_quantity >= 0),
  attainment_ratio numeric GENERATED ALWAYS AS (actual_quantity / target_quantity) STORED,
  oee_ratio numeric CHECK (oee_ratio BETWEEN 0 AND 1),
  downtime_s integer CHECK (downtime_s >= 0),
  first_pass_yield_ratio numeric CHECK (first_pass_yield_ratio BETWEEN 0 AND 1),
  calculated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, shift_id, worked_on),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, shift_id) REFERENCES production.shifts
);
COMMENT ON TABLE production.shift_performance IS 'How a shift did on a day, computed from logs, states and measurements; computed anew when they come late.';
COMMENT ON COLUMN production.shift_performance.attainment_ratio IS 'Made over meant; above 1 when more was made.';
CREATE INDEX shift_performance_day ON production.shift_performance (organization_id, plant_id, worked_on DESC);

CREATE VIEW production.work_order_progress WITH (security_invoker = true) AS
  SELECT w.organization_id, w.id AS work_order_id, w.plant_id, w.number, w.quantity,
         coalesce(last.good_quantity, 0) AS completed_quantity, coalesce(total.scrap_quantity, 0) AS scrap_quantity,
         total.started_at, CASE WHEN total.is_finished THEN total.completed_at END AS completed_at,
         total.planned_s, total.actual_s
    FROM production.work_orders w
    LEFT JOIN LATERAL (
      SELECT sum(o.good_quantity) AS good_quantity FROM production.operations o
        WHERE o.organization_id = w.organization_id AND o.work_order_id = w.id AND o.status <> 'cancelled'
        GROUP BY o.number ORDER BY o.number DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (
      SELECT sum(o.scrap_quantity) AS scrap_quantity, min(o.started_at) AS started_at, max(o.completed_at) AS completed_at,
             bool_and(o.status = 'completed') AS is_finished, sum(o.duration_s) AS planned_s, sum(o.actual_s) AS actual_s
        FROM production.operations o
        WHERE o.organization_id = w.organization_id AND o.work_order_id = w.id AND o.status <> 'cancelled') total ON true;
COMMENT ON VIEW production.work_order_progress IS 'What came of a work order: good pieces of its last operation (all parts of it), scrap of all, and when it truly began and ended.';

CREATE VIEW production.lane_states WITH (security_invoker = true) AS
  SELECT l.organization_id, l.id AS lane_id, l.plant_id, l.code, a.work_order_id AS current_work_order_id, a.assigned_at,
         CASE WHEN NOT l.active THEN 'inactive' WHEN l.status <> 'available' THEN l.status
              WHEN a.work_order_id IS NOT NULL THEN 'occupied' ELSE 'available' END AS status
    FROM production.lanes l
    LEFT JOIN LATERAL (
      SELECT live.work_order_id, live.assigned_at FROM production.lane_assignments live
        WHERE live.organization_id = l.organization_id AND live.lane_id = l.id AND live.status = 'live'
          AND live.assigned_at <= now()
        ORDER BY live.assigned_at DESC LIMIT 1) a ON true;
COMMENT ON VIEW production.lane_states IS 'available, occupied, maintenance or inactive, and the work order that is on the lane (the latest, where there is room for several).';

GRANT SELECT ON production.work_order_progress, production.lane_states TO lanewright_app, lanewright_report;

INSERT INTO app.table_rules (target, plant_column, write_permissions, append_only, delete_permissions, stamped, audited,
                             feed_subject, feed_id, state_machine, time_column, partition_by, retention) VALUES
  ('production.shifts', 'plant_id', '{production:write}', false, '{}', true, true, 'shifts', 'id', NULL, NULL, NULL, NULL),
  ('production.closures', 'plant_id', '{schedule:write,production:write}', false, '{schedule:write,production:write}', true, true, 'closures', 'lane_id', NULL, NULL, NULL, NULL),
  ('production.lanes', 'plant_id', '{production:write}', false, '{}', true, true, 'lanes', 'id', NULL, NULL, NULL, NULL),
  ('production.setup_families', 'plant_id', '{production:write}', false, '{production:write}', true, true, 'setup-families', 'id', NULL, NULL, NULL, NULL),
  ('production.setup_transitions', 'plant_id', '{production:write}', false, '{production:write}', true, true, 'setup-transitions', 'lane_id', NULL, NULL, NULL, NULL),
  ('production.work_orders', 'plant_id', '{schedule:write,production:report}', false, '{}', true, true, 'work-orders', 'id', NULL, NULL, NULL, NULL),
  ('production.operations', 'plant_id', '{schedule:write,production:report}', false, '{}', true, true, 'operations', 'id', NULL, NULL, NULL, NULL),
  ('production.operation_links', 'plant_id', '{schedule:write,production:write}', false, '{schedule:write,production:write}', false, true, 'operation-links', 'successor_id', NULL, NULL, NULL, NULL),
  ('production.operation_lanes', 'plant_id', '{schedule:write,production:write}', false, '{schedule:write,production:write}', false, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('production.lane_assignments', 'plant_id', '{schedule:write,production:report}', false, '{}', true, true, 'lane-assignments', 'lane_id', NULL, NULL, NULL, NULL),
  ('production.logs', 'plant_id', '{production:report}', true, '{}', false, true, 'production-logs', 'operation_id', NULL, 'at', 'month', '2 years'),
  ('production.manpower_allocations', 'plant_id', '{schedule:write,production:report}', false, '{schedule:write}', true, true, 'manpower-allocations', 'user_id', NULL, NULL, NULL, NULL),
  ('production.schedule_versions', 'plant_id', '{schedule:write}', false, '{schedule:write}', true, true, 'schedule-versions', 'id', 'scheduleVersion', NULL, NULL, NULL),
  ('production.schedule_entries', 'plant_id', '{schedule:write,production:report}', false, '{schedule:write}', true, true, 'schedule-entries', 'schedule_version_id', NULL, NULL, NULL, NULL),
  ('production.schedule_presence', 'plant_id', '{schedule:read}', false, '{schedule:read}', false, false, 'schedule-presence', 'schedule_version_id', NULL, NULL, NULL, NULL),
  ('production.capacity_reservations', 'plant_id', '{schedule:write}', false, '{}', true, true, 'reservations', 'id', NULL, NULL, NULL, NULL),
  ('production.capacity_reservation_steps', 'plant_id', '{schedule:write}', true, '{}', false, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('production.resource_plans', 'plant_id', '{planning:write}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('production.resource_plan_lines', 'plant_id', '{planning:write}', false, '{planning:write}', false, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('production.daily_work_logs', 'plant_id', '{production:report}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('production.shift_handovers', 'plant_id', '{production:report}', false, '{}', true, true, 'shift-handovers', 'shift_id', NULL, NULL, NULL, NULL),
  ('production.shift_performance', 'plant_id', '{production:write}', false, '{}', true, false, NULL, NULL, NULL, NULL, NULL, NULL);

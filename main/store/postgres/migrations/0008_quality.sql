-- What is to be checked, what was measured, what was found wrong, and what was done about it.

CREATE TABLE quality.sampling_plans (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  standard text NOT NULL CHECK (standard IN ('ISO 2859-1', 'ISO 3951-1', 'fixed')),
  inspection_level text CHECK (inspection_level IN ('S-1', 'S-2', 'S-3', 'S-4', 'I', 'II', 'III')),
  severity text CHECK (severity IN ('normal', 'tightened', 'reduced')),
  aql numeric CHECK (aql > 0 AND aql <= 1000),
  code_letter text CHECK (code_letter ~ '^[A-HJ-NP-R]$'),
  sample_size integer CHECK (sample_size > 0),
  accept_number integer CHECK (accept_number >= 0),
  reject_number integer,
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  CONSTRAINT sampling_plans_numbers CHECK (reject_number > accept_number),
  CONSTRAINT sampling_plans_fixed CHECK (standard <> 'fixed'
    OR (sample_size IS NOT NULL AND accept_number IS NOT NULL AND reject_number IS NOT NULL)),
  CONSTRAINT sampling_plans_standard CHECK (standard = 'fixed'
    OR (inspection_level IS NOT NULL AND severity IS NOT NULL AND aql IS NOT NULL))
);
COMMENT ON TABLE quality.sampling_plans IS 'How many are looked at and how many may be bad. A plan by a standard names level, severity and AQL; the lot size gives the rest.';
COMMENT ON COLUMN quality.sampling_plans.severity IS 'Of a plan by a standard: where it begins; the switching rules (ISO 2859-1, 9) move it.';
COMMENT ON COLUMN quality.sampling_plans.aql IS 'Acceptance quality limit: nonconforming items in a hundred up to 10, nonconformities in a hundred items beyond (ISO 2859-1, 3.1.26).';
COMMENT ON COLUMN quality.sampling_plans.code_letter IS 'ISO 2859-1, table 1; NULL: found from the lot size.';
COMMENT ON COLUMN quality.sampling_plans.sample_size IS 'NULL: found from the code letter.';
COMMENT ON COLUMN quality.sampling_plans.accept_number IS 'Ac: at most so many bad ones, and the lot is accepted.';
COMMENT ON COLUMN quality.sampling_plans.reject_number IS 'Re: from so many on the lot is rejected.';

CREATE TABLE quality.inspection_plans (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  material_id uuid,
  name text NOT NULL CHECK (name <> ''),
  description text,
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, material_id, name),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials
);
COMMENT ON TABLE quality.inspection_plans IS 'What is inspected on a material, from the first piece to the last; its points say when.';
COMMENT ON COLUMN quality.inspection_plans.material_id IS 'What it is for; NULL: whatever has no plan of its own.';

CREATE TABLE quality.inspection_points (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  inspection_plan_id uuid NOT NULL,
  position integer NOT NULL DEFAULT 0 CHECK (position >= 0),
  name text NOT NULL CHECK (name <> ''),
  frequency text NOT NULL CHECK (frequency IN ('first_piece', 'periodic', 'sampling', 'final')),
  every_units integer CHECK (every_units > 0),
  every_s integer CHECK (every_s > 0),
  sampling_plan_id uuid,
  operation_number integer CHECK (operation_number > 0),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, inspection_plan_id, name),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, inspection_plan_id) REFERENCES quality.inspection_plans ON DELETE CASCADE,
  FOREIGN KEY (organization_id, sampling_plan_id) REFERENCES quality.sampling_plans,
  CONSTRAINT inspection_points_period CHECK ((frequency = 'periodic') = (every_units IS NOT NULL OR every_s IS NOT NULL)),
  CONSTRAINT inspection_points_sampling CHECK (frequency <> 'sampling' OR sampling_plan_id IS NOT NULL)
);
COMMENT ON TABLE quality.inspection_points IS 'When something is inspected: at the first piece, every so often, by sampling, at the end. Its characteristics say what.';
COMMENT ON COLUMN quality.inspection_points.position IS 'Order of showing.';
COMMENT ON COLUMN quality.inspection_points.every_units IS 'Of periodic points: one inspection in so many units made.';
COMMENT ON COLUMN quality.inspection_points.every_s IS 'Of periodic points: one inspection in so many seconds of working time.';
COMMENT ON COLUMN quality.inspection_points.operation_number IS 'The operation of the routing that it belongs to; NULL: none in particular.';

CREATE TABLE quality.characteristics (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  operation_number integer NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  unit text NOT NULL,
  nominal double precision,
  lower_limit double precision,
  upper_limit double precision,
  decimals integer NOT NULL DEFAULT 2 CHECK (decimals BETWEEN 0 AND 9),
  measurements_due integer NOT NULL DEFAULT 5 CHECK (measurements_due > 0),
  inspection_point_id uuid,
  kind text NOT NULL DEFAULT 'dimensional'
    CHECK (kind IN ('dimensional', 'weight', 'visual', 'functional', 'electrical', 'thermal', 'optical')),
  specification text,
  method text,
  position integer NOT NULL DEFAULT 0 CHECK (position >= 0),
  chart text CHECK (chart IN ('xbar_r', 'xbar_s', 'i_mr', 'ewma', 'cusum', 'p', 'np', 'c', 'u')),
  subgroup_size integer NOT NULL DEFAULT 1 CHECK (subgroup_size BETWEEN 1 AND 1000),
  lower_control_limit double precision,
  center_line double precision,
  upper_control_limit double precision,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, material_id, operation_number, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, inspection_point_id) REFERENCES quality.inspection_points,
  CONSTRAINT characteristics_limits CHECK (kind IN ('visual', 'functional') OR lower_limit IS NOT NULL OR upper_limit IS NOT NULL),
  CHECK (upper_limit > lower_limit),
  CONSTRAINT characteristics_control CHECK (upper_control_limit >= center_line AND center_line >= lower_control_limit
    AND upper_control_limit > lower_control_limit)
);
COMMENT ON TABLE quality.characteristics IS 'What is measured or judged. A tolerance (±0.1 mm) is not kept beside nominal and limits, which say the same.';
COMMENT ON COLUMN quality.characteristics.unit IS 'Symbol; 1 for what is judged, not measured.';
COMMENT ON COLUMN quality.characteristics.lower_limit IS 'Lower specification limit; a value at the limit is inside.';
COMMENT ON COLUMN quality.characteristics.measurements_due IS 'Measurements on one operation.';
COMMENT ON COLUMN quality.characteristics.specification IS 'What is asked for, in words, where numbers do not say it: no cracks, Ra 0.8, passes the leak test.';
COMMENT ON COLUMN quality.characteristics.method IS 'How: micrometer, scale, comparison with the limit sample.';
COMMENT ON COLUMN quality.characteristics.chart IS 'Control chart (ISO 7870-2); NULL: none is kept.';
COMMENT ON COLUMN quality.characteristics.subgroup_size IS 'Measurements in a subgroup of the chart.';
COMMENT ON COLUMN quality.characteristics.lower_control_limit IS 'Frozen limits of the chart, with center_line and upper_control_limit; NULL: computed from the data.';
CREATE INDEX characteristics_point ON quality.characteristics (organization_id, inspection_point_id) WHERE inspection_point_id IS NOT NULL;

CREATE TABLE quality.ncrs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^NCR-'),
  kind text NOT NULL CHECK (kind IN ('material', 'process', 'final_inspection')),
  severity text NOT NULL CHECK (severity IN ('minor', 'major', 'critical')),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'in_review', 'resolved', 'closed')),
  description text NOT NULL CHECK (description <> ''),
  work_order_id uuid,
  operation_id uuid,
  project_id uuid,
  material_id uuid,
  lot_id uuid,
  serial_id uuid,
  supplier_id uuid,
  quantity numeric CHECK (quantity > 0),
  unit text,
  root_cause text CHECK (root_cause <> ''),
  corrective_action text CHECK (corrective_action <> ''),
  preventive_action text CHECK (preventive_action <> ''),
  detected_by uuid NOT NULL,
  detected_at timestamptz NOT NULL DEFAULT now(),
  station_code text,
  assigned_to uuid,
  due_on date,
  resolved_by uuid,
  resolved_at timestamptz,
  closed_by uuid,
  closed_at timestamptz,
  closure_signature_id uuid,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  UNIQUE (organization_id, closure_signature_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, supplier_id) REFERENCES material.suppliers,
  FOREIGN KEY (organization_id, detected_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, assigned_to) REFERENCES identity.users,
  FOREIGN KEY (organization_id, resolved_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, closed_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, closure_signature_id) REFERENCES identity.signatures,
  CONSTRAINT ncrs_quantity CHECK ((quantity IS NULL) = (unit IS NULL)),
  CONSTRAINT ncrs_resolved CHECK ((status IN ('resolved', 'closed')) = (resolved_at IS NOT NULL)
    AND (resolved_at IS NULL) = (resolved_by IS NULL)),
  CONSTRAINT ncrs_closed CHECK (CASE status WHEN 'closed'
    THEN closed_at IS NOT NULL AND closed_by IS NOT NULL AND closure_signature_id IS NOT NULL
      AND root_cause IS NOT NULL AND corrective_action IS NOT NULL
    ELSE closed_at IS NULL AND closed_by IS NULL AND closure_signature_id IS NULL END),
  CONSTRAINT ncrs_times CHECK (resolved_at >= detected_at AND closed_at >= resolved_at)
);
COMMENT ON TABLE quality.ncrs IS 'Non-conformance reports. One is closed by an electronic signature, with its root cause and corrective action found.';
COMMENT ON COLUMN quality.ncrs.quantity IS 'How much is nonconforming; NULL while not known.';
COMMENT ON COLUMN quality.ncrs.station_code IS 'Where it was found; the report is for everyone of the plant.';
COMMENT ON COLUMN quality.ncrs.closure_signature_id IS 'The signature that closed it; one signature closes one report.';
CREATE INDEX ncrs_open ON quality.ncrs (organization_id, plant_id, status, detected_at DESC);
CREATE INDEX ncrs_severity ON quality.ncrs (organization_id, plant_id, severity, detected_at DESC);
CREATE INDEX ncrs_project ON quality.ncrs (organization_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX ncrs_work_order ON quality.ncrs (organization_id, work_order_id) WHERE work_order_id IS NOT NULL;
CREATE INDEX ncrs_lot ON quality.ncrs (organization_id, lot_id) WHERE lot_id IS NOT NULL;
CREATE INDEX ncrs_material ON quality.ncrs (organization_id, material_id) WHERE material_id IS NOT NULL;
CREATE INDEX ncrs_assigned ON quality.ncrs (organization_id, assigned_to) WHERE status <> 'closed';

CREATE TABLE quality.ncr_photos (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  ncr_id uuid NOT NULL,
  file_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  caption text,
  uploaded_by uuid NOT NULL,
  uploaded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, ncr_id, file_id),
  FOREIGN KEY (organization_id, ncr_id) REFERENCES quality.ncrs ON DELETE CASCADE,
  FOREIGN KEY (organization_id, file_id) REFERENCES app.files,
  FOREIGN KEY (organization_id, uploaded_by) REFERENCES identity.users
);
COMMENT ON TABLE quality.ncr_photos IS 'Pictures of what is wrong; size, media type and checksum stand in app.files.';

CREATE TABLE quality.ncr_actions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  ncr_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('containment', 'correction', 'corrective', 'preventive', 'verification')),
  description text NOT NULL CHECK (description <> ''),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done', 'cancelled')),
  responsible_id uuid,
  due_on date,
  done_by uuid,
  done_at timestamptz,
  effective boolean,
  note text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, ncr_id) REFERENCES quality.ncrs ON DELETE CASCADE,
  FOREIGN KEY (organization_id, responsible_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, done_by) REFERENCES identity.users,
  CONSTRAINT ncr_actions_done CHECK ((status = 'done') = (done_at IS NOT NULL) AND (done_at IS NULL) = (done_by IS NULL))
);
COMMENT ON TABLE quality.ncr_actions IS 'What is done about a non-conformance, step by step (ISO 9001, 10.2); the report itself keeps the summary.';
COMMENT ON COLUMN quality.ncr_actions.effective IS 'What verification found; NULL: not judged yet.';
CREATE INDEX ncr_actions_ncr ON quality.ncr_actions (organization_id, ncr_id);
CREATE INDEX ncr_actions_due ON quality.ncr_actions (organization_id, responsible_id, due_on) WHERE status = 'open';

CREATE TABLE quality.ncr_dispositions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  ncr_id uuid NOT NULL,
  disposition text NOT NULL CHECK (disposition IN ('use_as_is', 'rework', 'repair', 'regrade', 'return_to_supplier', 'scrap')),
  lot_id uuid,
  serial_id uuid,
  quantity numeric NOT NULL CHECK (quantity > 0),
  unit text NOT NULL CHECK (unit <> ''),
  justification text NOT NULL CHECK (justification <> ''),
  decided_by uuid NOT NULL,
  decided_at timestamptz NOT NULL DEFAULT now(),
  signature_id uuid,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, ncr_id) REFERENCES quality.ncrs ON DELETE CASCADE,
  FOREIGN KEY (organization_id, decided_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, signature_id) REFERENCES identity.signatures,
  CONSTRAINT ncr_dispositions_signed CHECK (disposition <> 'use_as_is' OR signature_id IS NOT NULL)
);
COMMENT ON TABLE quality.ncr_dispositions IS 'What becomes of nonconforming output (ISO 9001, 8.7); a report may split a lot among several. A concession (use_as_is) is signed.';
CREATE INDEX ncr_dispositions_ncr ON quality.ncr_dispositions (organization_id, ncr_id);

CREATE TABLE quality.inspections (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  stage text NOT NULL DEFAULT 'in_process' CHECK (stage IN ('incoming', 'in_process', 'final')),
  kind text NOT NULL DEFAULT 'general'
    CHECK (kind IN ('general', 'visual', 'electrical', 'thermal', 'dimensional', 'functional', 'optical')),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'in_progress', 'completed', 'failed', 'cancelled')),
  result text CHECK (result IN ('passed', 'failed', 'conditional')),
  priority integer NOT NULL DEFAULT 5 CHECK (priority BETWEEN 1 AND 10),
  lot_id uuid,
  unit_code text CHECK (unit_code <> ''),
  serial_id uuid,
  material_id uuid,
  work_order_id uuid,
  operation_id uuid,
  inspection_point_id uuid,
  ncr_id uuid,
  station_code text CHECK (station_code <> ''),
  inspector_id uuid,
  due_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  lot_size integer CHECK (lot_size > 0),
  sample_size integer CHECK (sample_size > 0),
  nonconforming integer CHECK (nonconforming >= 0),
  notes text,
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, inspection_point_id) REFERENCES quality.inspection_points,
  FOREIGN KEY (organization_id, ncr_id) REFERENCES quality.ncrs,
  FOREIGN KEY (organization_id, inspector_id) REFERENCES identity.users,
  CONSTRAINT inspections_subject CHECK (num_nonnulls(lot_id, serial_id, work_order_id, operation_id) > 0),
  CONSTRAINT inspections_unit CHECK (unit_code IS NULL OR lot_id IS NOT NULL),
  CONSTRAINT inspections_times CHECK (completed_at IS NULL OR (started_at IS NOT NULL AND completed_at >= started_at)),
  CONSTRAINT inspections_result CHECK ((status = 'completed') = (result IS NOT NULL)
    AND (status <> 'completed' OR (completed_at IS NOT NULL AND inspector_id IS NOT NULL))),
  CONSTRAINT inspections_sample CHECK (sample_size <= lot_size AND nonconforming <= sample_size)
);
COMMENT ON TABLE quality.inspections IS 'One inspection: of a work order, a lot, a unit of a lot or a serial. Its readings stand in quality.measurements. Not partitioned: defects and evidence refer to it; its day is that of completed_at.';
COMMENT ON COLUMN quality.inspections.kind IS 'How it is looked at; general: several characteristics of different kinds.';
COMMENT ON COLUMN quality.inspections.status IS 'failed: the inspection could not be done; what it found stands in result.';
COMMENT ON COLUMN quality.inspections.priority IS '1 lowest to 10 highest.';
COMMENT ON COLUMN quality.inspections.unit_code IS 'A unit within the lot that has no serial of ours: a chip on a panel, a bag of a charge.';
COMMENT ON COLUMN quality.inspections.station_code IS 'Who has access to that station sees it; NULL: everyone of the plant.';
COMMENT ON COLUMN quality.inspections.ncr_id IS 'The report that it led to.';
COMMENT ON COLUMN quality.inspections.nonconforming IS 'Bad ones among sample_size.';
-- What could not be done, or was called off, may be asked for again.
CREATE UNIQUE INDEX inspections_once ON quality.inspections (organization_id, lot_id, unit_code, kind)
  WHERE lot_id IS NOT NULL AND unit_code IS NOT NULL AND status NOT IN ('failed', 'cancelled');
-- Ids are UUIDv7: in order of making within a priority.
CREATE INDEX inspections_queue ON quality.inspections (organization_id, plant_id, station_code, priority DESC, id)
  WHERE status IN ('pending', 'in_progress');
CREATE INDEX inspections_done ON quality.inspections (organization_id, plant_id, completed_at DESC, result) WHERE completed_at IS NOT NULL;
CREATE INDEX inspections_lot ON quality.inspections (organization_id, lot_id) WHERE lot_id IS NOT NULL;
CREATE INDEX inspections_serial ON quality.inspections (organization_id, serial_id) WHERE serial_id IS NOT NULL;
CREATE INDEX inspections_work_order ON quality.inspections (organization_id, work_order_id) WHERE work_order_id IS NOT NULL;
CREATE INDEX inspections_kind ON quality.inspections (organization_id, plant_id, kind, status);

CREATE TABLE quality.measurements (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  operation_id uuid,
  characteristic_id uuid NOT NULL,
  serial_number text,
  value double precision NOT NULL,
  inside boolean NOT NULL,
  source text NOT NULL CHECK (source IN ('typed', 'gauge', 'import')),
  user_id uuid NOT NULL,
  station_code text,
  inspection_id uuid,
  subgroup integer CHECK (subgroup >= 0),
  text_value text CHECK (text_value <> ''),
  note text,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, characteristic_id) REFERENCES quality.characteristics,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, inspection_id) REFERENCES quality.inspections,
  CONSTRAINT measurements_subject CHECK (operation_id IS NOT NULL OR inspection_id IS NOT NULL),
  CONSTRAINT measurements_finite CHECK (value > '-Infinity' AND value < 'Infinity')
) PARTITION BY RANGE (at);
COMMENT ON TABLE quality.measurements IS 'Readings and judgements, as they were taken. Pass or fail is inside, so no second word for it is kept.';
COMMENT ON COLUMN quality.measurements.operation_id IS 'NULL for what was measured outside production: incoming goods.';
COMMENT ON COLUMN quality.measurements.value IS 'In the characteristic''s unit; of what is judged 1 conforming, 0 not.';
COMMENT ON COLUMN quality.measurements.inside IS 'Within the specification limits that held when it was judged.';
COMMENT ON COLUMN quality.measurements.subgroup IS 'Readings of one number belong to one subgroup of the control chart; NULL: in order of time.';
COMMENT ON COLUMN quality.measurements.text_value IS 'What was found, in words, where a number does not say it.';
CREATE INDEX measurements_at ON quality.measurements USING brin (at);
CREATE INDEX measurements_operation ON quality.measurements (organization_id, operation_id, characteristic_id, at);
CREATE INDEX measurements_characteristic ON quality.measurements (organization_id, characteristic_id, at DESC);
CREATE INDEX measurements_inspection ON quality.measurements (organization_id, inspection_id) WHERE inspection_id IS NOT NULL;

CREATE TABLE quality.vision_models (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  model_version text NOT NULL CHECK (model_version <> ''),
  kind text NOT NULL CHECK (kind IN ('defect_detection', 'label_verification', 'quality_inspection')),
  material_id uuid,
  accuracy_ratio double precision CHECK (accuracy_ratio BETWEEN 0 AND 1),
  location text CHECK (location <> ''),
  onnx_file_id uuid,
  parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, name, model_version),
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, onnx_file_id) REFERENCES app.files,
  CHECK (location IS NOT NULL OR onnx_file_id IS NOT NULL)
);
COMMENT ON TABLE quality.vision_models IS 'Models that look at pictures, a row a version of one.';
COMMENT ON COLUMN quality.vision_models.model_version IS 'Of the model; version is that of the row.';
COMMENT ON COLUMN quality.vision_models.material_id IS 'What it was trained on; NULL: anything.';
COMMENT ON COLUMN quality.vision_models.accuracy_ratio IS 'On the hold-out set at training.';
COMMENT ON COLUMN quality.vision_models.location IS 'Where an inference server finds the original model.';
CREATE INDEX vision_models_material ON quality.vision_models (organization_id, material_id) WHERE active;
CREATE INDEX vision_models_kind ON quality.vision_models (organization_id, kind) WHERE active;

CREATE TABLE quality.inference_jobs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  inspection_id uuid NOT NULL,
  vision_model_id uuid NOT NULL,
  station_code text,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'cancelled', 'timeout')),
  priority integer NOT NULL DEFAULT 5 CHECK (priority BETWEEN 1 AND 10),
  batch_size integer NOT NULL DEFAULT 1 CHECK (batch_size > 0),
  confidence_threshold_ratio double precision NOT NULL DEFAULT 0.7 CHECK (confidence_threshold_ratio BETWEEN 0 AND 1),
  parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
  external_request_id text CHECK (external_request_id <> ''),
  error_message text,
  inference_ms integer CHECK (inference_ms >= 0),
  performance jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(performance) = 'object'),
  queued_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, inspection_id) REFERENCES quality.inspections ON DELETE CASCADE,
  FOREIGN KEY (organization_id, vision_model_id) REFERENCES quality.vision_models,
  CONSTRAINT inference_jobs_times CHECK ((started_at IS NULL OR started_at >= queued_at)
    AND (completed_at IS NULL OR (started_at IS NOT NULL AND completed_at >= started_at))),
  CONSTRAINT inference_jobs_end CHECK (status <> 'completed' OR completed_at IS NOT NULL),
  CONSTRAINT inference_jobs_error CHECK (status <> 'failed' OR error_message IS NOT NULL)
);
COMMENT ON TABLE quality.inference_jobs IS 'One run of a vision model, of an inspection: pictures taken of the line are one too. Found defects stand in quality.defects, pictures that it made in quality.artifacts.';
COMMENT ON COLUMN quality.inference_jobs.station_code IS 'That of its inspection, kept equal by trigger.';
COMMENT ON COLUMN quality.inference_jobs.priority IS '1 lowest to 10 highest.';
COMMENT ON COLUMN quality.inference_jobs.confidence_threshold_ratio IS 'Findings below it are dropped.';
COMMENT ON COLUMN quality.inference_jobs.external_request_id IS 'How the inference server calls it.';
COMMENT ON COLUMN quality.inference_jobs.performance IS 'Measured: load of the processor, time in the queue of the server, memory.';
CREATE INDEX inference_jobs_queue ON quality.inference_jobs (organization_id, priority DESC, queued_at) WHERE status IN ('queued', 'processing');
CREATE INDEX inference_jobs_inspection ON quality.inference_jobs (organization_id, inspection_id);
CREATE INDEX inference_jobs_model ON quality.inference_jobs (organization_id, vision_model_id, queued_at DESC);
CREATE INDEX inference_jobs_external ON quality.inference_jobs (organization_id, external_request_id) WHERE external_request_id IS NOT NULL;

CREATE TABLE quality.artifacts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  inspection_id uuid NOT NULL,
  inference_job_id uuid,
  station_code text,
  kind text NOT NULL CHECK (kind IN ('image', 'video', 'measurement', 'document', 'log', 'model_output')),
  name text NOT NULL CHECK (name <> ''),
  location text NOT NULL CHECK (location <> ''),
  media_type text NOT NULL CHECK (media_type ~ '^[a-z]+/[a-z0-9.+-]+$'),
  size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
  verification text NOT NULL DEFAULT 'pending' CHECK (verification IN ('pending', 'matched', 'mismatched', 'missing')),
  verified_at timestamptz,
  storage text NOT NULL DEFAULT 'primary' CHECK (storage IN ('primary', 'archive', 'cold_storage', 'temporary')),
  archived_at timestamptz,
  captured_at timestamptz,
  tags text[] NOT NULL DEFAULT '{}',
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, location),
  FOREIGN KEY (organization_id, inspection_id) REFERENCES quality.inspections ON DELETE CASCADE,
  FOREIGN KEY (organization_id, inference_job_id) REFERENCES quality.inference_jobs ON DELETE SET NULL (inference_job_id),
  CONSTRAINT artifacts_verified CHECK ((verification = 'pending') = (verified_at IS NULL)),
  CONSTRAINT artifacts_archived CHECK ((storage IN ('archive', 'cold_storage')) = (archived_at IS NOT NULL))
);
COMMENT ON TABLE quality.artifacts IS 'Evidence of an inspection: pictures, films, logs. What was made at a rate of the line stands in an object store, not in app.files.';
COMMENT ON COLUMN quality.artifacts.inference_job_id IS 'The job that made it; NULL: a camera or a person did.';
COMMENT ON COLUMN quality.artifacts.station_code IS 'That of its inspection, kept equal by trigger.';
COMMENT ON COLUMN quality.artifacts.tags IS 'Found through app.search: array operators are not leakproof, so row-level security would pass an index by.';
COMMENT ON COLUMN quality.artifacts.location IS 'Key in the object store.';
COMMENT ON COLUMN quality.artifacts.verification IS 'Whether what is stored hashes to sha256; asked at verified_at.';
CREATE INDEX artifacts_inspection ON quality.artifacts (organization_id, inspection_id, kind);
CREATE INDEX artifacts_job ON quality.artifacts (organization_id, inference_job_id) WHERE inference_job_id IS NOT NULL;
CREATE INDEX artifacts_sha256 ON quality.artifacts (organization_id, sha256);
CREATE INDEX artifacts_storage ON quality.artifacts (organization_id, storage, id);

CREATE TABLE quality.inference_job_inputs (
  organization_id uuid NOT NULL,
  inference_job_id uuid NOT NULL,
  artifact_id uuid NOT NULL,
  PRIMARY KEY (organization_id, inference_job_id, artifact_id),
  FOREIGN KEY (organization_id, inference_job_id) REFERENCES quality.inference_jobs ON DELETE CASCADE,
  FOREIGN KEY (organization_id, artifact_id) REFERENCES quality.artifacts ON DELETE CASCADE
);
COMMENT ON TABLE quality.inference_job_inputs IS 'What a job looked at; what it made names the job itself.';
CREATE INDEX inference_job_inputs_artifact ON quality.inference_job_inputs (organization_id, artifact_id);

CREATE TABLE quality.defects (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  inspection_id uuid NOT NULL,
  inference_job_id uuid,
  ncr_id uuid,
  station_code text,
  kind text NOT NULL CHECK (kind IN ('scratch', 'void', 'contamination', 'misalignment', 'short', 'open', 'crack', 'burn',
    'foreign_object', 'delamination', 'corrosion', 'label', 'dimension', 'other')),
  severity text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  confidence_ratio double precision NOT NULL CHECK (confidence_ratio BETWEEN 0 AND 1),
  box_x double precision,
  box_y double precision,
  box_width double precision,
  box_height double precision,
  description text,
  detection text NOT NULL CHECK (detection IN ('ml_automated', 'manual_review', 'hybrid', 'rule_based')),
  review_status text NOT NULL DEFAULT 'pending'
    CHECK (review_status IN ('pending', 'confirmed', 'rejected', 'needs_review', 'false_positive')),
  reviewer_id uuid,
  reviewed_at timestamptz,
  corrective_action text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, inspection_id) REFERENCES quality.inspections ON DELETE CASCADE,
  FOREIGN KEY (organization_id, inference_job_id) REFERENCES quality.inference_jobs ON DELETE SET NULL (inference_job_id),
  FOREIGN KEY (organization_id, ncr_id) REFERENCES quality.ncrs,
  FOREIGN KEY (organization_id, reviewer_id) REFERENCES identity.users,
  -- NaN sorts above Infinity: the upper bound keeps it out.
  CONSTRAINT defects_box CHECK (CASE WHEN num_nonnulls(box_x, box_y, box_width, box_height) = 0 THEN detection = 'manual_review'
    ELSE num_nulls(box_x, box_y, box_width, box_height) = 0
      AND box_x >= 0 AND box_y >= 0 AND box_width > 0 AND box_height > 0
      AND box_x < 'Infinity' AND box_y < 'Infinity' AND box_width < 'Infinity' AND box_height < 'Infinity' END),
  CONSTRAINT defects_review CHECK (review_status IN ('pending', 'needs_review')
    OR (reviewer_id IS NOT NULL AND reviewed_at IS NOT NULL))
);
COMMENT ON TABLE quality.defects IS 'What was found wrong, by eye or by model, and what a person thought of it.';
COMMENT ON COLUMN quality.defects.station_code IS 'That of its inspection, kept equal by trigger.';
COMMENT ON COLUMN quality.defects.confidence_ratio IS '1 where a person found it.';
COMMENT ON COLUMN quality.defects.box_x IS 'Bounding box in pixels of the picture, from its upper left corner; all four NULL only where a person found it without a picture.';
CREATE INDEX defects_inspection ON quality.defects (organization_id, inspection_id);
CREATE INDEX defects_kind ON quality.defects (organization_id, plant_id, kind, severity);
CREATE INDEX defects_review ON quality.defects (organization_id, plant_id, confidence_ratio DESC) WHERE review_status IN ('pending', 'needs_review');
CREATE INDEX defects_detection ON quality.defects (organization_id, plant_id, detection);
CREATE INDEX defects_ncr ON quality.defects (organization_id, ncr_id) WHERE ncr_id IS NOT NULL;

CREATE TABLE quality.defect_artifacts (
  organization_id uuid NOT NULL,
  defect_id uuid NOT NULL,
  artifact_id uuid NOT NULL,
  PRIMARY KEY (organization_id, defect_id, artifact_id),
  FOREIGN KEY (organization_id, defect_id) REFERENCES quality.defects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, artifact_id) REFERENCES quality.artifacts ON DELETE CASCADE
);
COMMENT ON TABLE quality.defect_artifacts IS 'The pictures that show a defect.';
CREATE INDEX defect_artifacts_artifact ON quality.defect_artifacts (organization_id, artifact_id);

CREATE TABLE quality.training_images (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  material_id uuid,
  file_id uuid NOT NULL,
  artifact_id uuid,
  label text NOT NULL CHECK (label IN ('defect', 'ok')),
  defect_kind text CHECK (defect_kind <> ''),
  box_x double precision,
  box_y double precision,
  box_width double precision,
  box_height double precision,
  labelled_by uuid,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, file_id) REFERENCES app.files,
  FOREIGN KEY (organization_id, artifact_id) REFERENCES quality.artifacts ON DELETE SET NULL (artifact_id),
  FOREIGN KEY (organization_id, labelled_by) REFERENCES identity.users,
  CONSTRAINT training_images_box CHECK (num_nonnulls(box_x, box_y, box_width, box_height) = 0
    OR (num_nulls(box_x, box_y, box_width, box_height) = 0
      AND box_x >= 0 AND box_y >= 0 AND box_width > 0 AND box_height > 0
      AND box_x < 'Infinity' AND box_y < 'Infinity' AND box_width < 'Infinity' AND box_height < 'Infinity')),
  CONSTRAINT training_images_label CHECK (label = 'defect' OR (defect_kind IS NULL AND box_x IS NULL))
);
COMMENT ON TABLE quality.training_images IS 'Pictures that models learn from; a picture with two defects is two rows.';
COMMENT ON COLUMN quality.training_images.artifact_id IS 'The evidence that it was taken from.';
COMMENT ON COLUMN quality.training_images.box_x IS 'Bounding box in pixels, from the upper left corner; all four NULL: the whole picture.';
CREATE INDEX training_images_material ON quality.training_images (organization_id, material_id, label);

CREATE TABLE quality.scrap_reasons (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  category text CHECK (category IN ('material', 'machine', 'setup', 'handling', 'process')),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, code)
);
COMMENT ON TABLE quality.scrap_reasons IS 'Why things are thrown away, in the organization''s own codes.';

CREATE TABLE quality.scrap_records (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid NOT NULL,
  material_id uuid,
  work_order_id uuid,
  operation_id uuid,
  lane_id uuid,
  machine_id uuid,
  lot_id uuid,
  ncr_id uuid,
  reason_code text,
  defect_kind text CHECK (defect_kind <> ''),
  quantity numeric NOT NULL CHECK (quantity > 0),
  unit text NOT NULL CHECK (unit <> ''),
  cost numeric(15, 2) CHECK (cost >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  note text,
  user_id uuid,
  station_code text,
  at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  FOREIGN KEY (organization_id, machine_id) REFERENCES equipment.machines,
  FOREIGN KEY (organization_id, ncr_id) REFERENCES quality.ncrs,
  FOREIGN KEY (organization_id, reason_code) REFERENCES quality.scrap_reasons,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  CONSTRAINT scrap_records_place CHECK (num_nonnulls(operation_id, lane_id, machine_id, work_order_id, lot_id) > 0),
  CONSTRAINT scrap_records_cost CHECK ((cost IS NULL) = (currency IS NULL))
);
COMMENT ON TABLE quality.scrap_records IS 'What was thrown away, why, and what it cost. How much an operation made bad in all stands in production.operations.';
COMMENT ON COLUMN quality.scrap_records.defect_kind IS 'What was wrong with it, where the reason does not say.';
COMMENT ON COLUMN quality.scrap_records.user_id IS 'NULL: counted by a machine.';
CREATE INDEX scrap_records_at ON quality.scrap_records (organization_id, plant_id, at DESC);
CREATE INDEX scrap_records_lane ON quality.scrap_records (organization_id, lane_id, at DESC) WHERE lane_id IS NOT NULL;
CREATE INDEX scrap_records_operation ON quality.scrap_records (organization_id, operation_id) WHERE operation_id IS NOT NULL;
CREATE INDEX scrap_records_material ON quality.scrap_records (organization_id, material_id, at DESC) WHERE material_id IS NOT NULL;

-- A part is where its whole is: what a client writes into plant (and station) of the part is not believed, so nobody
-- reaches another station's evidence by calling it their own. TG_ARGV: table of the whole, column that names it, 'station'.
CREATE FUNCTION app.take_place() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  whole uuid := (to_jsonb(NEW) ->> TG_ARGV[1])::uuid;
  plant uuid;
  station text;
BEGIN
  IF whole IS NULL THEN RETURN NEW; END IF;
  EXECUTE format('SELECT plant_id, %s FROM %s WHERE organization_id = $1 AND id = $2',
    CASE WHEN TG_NARGS = 3 THEN 'station_code' ELSE 'NULL' END, TG_ARGV[0]::regclass)
    INTO plant, station USING NEW.organization_id, whole;
  -- What is not there is the foreign key's to say.
  IF plant IS NULL THEN RETURN NEW; END IF;
  NEW.plant_id := plant;
  IF TG_NARGS = 3 THEN NEW.station_code := station; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON quality.inspection_points
  FOR EACH ROW EXECUTE FUNCTION app.take_place('quality.inspection_plans', 'inspection_plan_id');
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON quality.ncr_photos
  FOR EACH ROW EXECUTE FUNCTION app.take_place('quality.ncrs', 'ncr_id');
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON quality.ncr_actions
  FOR EACH ROW EXECUTE FUNCTION app.take_place('quality.ncrs', 'ncr_id');
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON quality.ncr_dispositions
  FOR EACH ROW EXECUTE FUNCTION app.take_place('quality.ncrs', 'ncr_id');
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON quality.inference_jobs
  FOR EACH ROW EXECUTE FUNCTION app.take_place('quality.inspections', 'inspection_id', 'station');
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON quality.artifacts
  FOR EACH ROW EXECUTE FUNCTION app.take_place('quality.inspections', 'inspection_id', 'station');
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON quality.defects
  FOR EACH ROW EXECUTE FUNCTION app.take_place('quality.inspections', 'inspection_id', 'station');

-- A signature stands under the record that it was given for, and means what it is used for. TG_ARGV: column with the
-- signature, its meanings, column with the person who must have given it.
CREATE FUNCTION app.check_signature() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  record jsonb := to_jsonb(NEW);
  given uuid := (record ->> TG_ARGV[0])::uuid;
BEGIN
  IF given IS NULL OR (TG_OP = 'UPDATE' AND given = (to_jsonb(OLD) ->> TG_ARGV[0])::uuid) THEN RETURN NULL; END IF;
  IF NOT EXISTS (SELECT FROM identity.signatures s
    WHERE s.organization_id = NEW.organization_id AND s.id = given
      AND s.subject = format('%s.%s/%s', TG_TABLE_SCHEMA, TG_TABLE_NAME, NEW.id)
      AND s.meaning = ANY (string_to_array(TG_ARGV[1], ','))
      AND (TG_NARGS < 3 OR s.user_id = (record ->> TG_ARGV[2])::uuid))
  THEN
    RAISE EXCEPTION 'refusal.signature-of-other-record' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('table', TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, 'meaning', TG_ARGV[1]);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.check_signature() IS 'SQLSTATE LW001: a rule says no; the message is the key of a text, the detail its values as JSON.';
CREATE TRIGGER check_signature AFTER INSERT OR UPDATE ON quality.ncrs
  FOR EACH ROW EXECUTE FUNCTION app.check_signature('closure_signature_id', 'closed', 'closed_by');
CREATE TRIGGER check_signature AFTER INSERT ON quality.ncr_dispositions
  FOR EACH ROW EXECUTE FUNCTION app.check_signature('signature_id', 'approved', 'decided_by');

-- An inspection that moves to another station takes its parts along: touching them lets take_place look again.
CREATE FUNCTION quality.move_parts() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE quality.inference_jobs SET station_code = NEW.station_code
    WHERE organization_id = NEW.organization_id AND inspection_id = NEW.id;
  UPDATE quality.artifacts SET station_code = NEW.station_code
    WHERE organization_id = NEW.organization_id AND inspection_id = NEW.id;
  UPDATE quality.defects SET station_code = NEW.station_code
    WHERE organization_id = NEW.organization_id AND inspection_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER move_parts AFTER UPDATE ON quality.inspections FOR EACH ROW
  WHEN (OLD.station_code IS DISTINCT FROM NEW.station_code OR OLD.plant_id <> NEW.plant_id)
  EXECUTE FUNCTION quality.move_parts();

INSERT INTO app.table_rules (target, plant_column, station_column, write_permissions, append_only, stamped, audited,
                             feed_subject, feed_id, state_machine, time_column, partition_by, shared_by) VALUES
  ('quality.sampling_plans', NULL, NULL, '{quality:write}', false, true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.inspection_plans', 'plant_id', NULL, '{quality:write}', false, true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.inspection_points', 'plant_id', NULL, '{quality:write}', false, true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.characteristics', 'plant_id', NULL, '{quality:write}', false, true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.ncrs', 'plant_id', NULL, '{quality:write,quality:record}', false, true, true, 'ncrs', 'id', 'ncr', NULL, NULL, NULL),
  ('quality.ncr_photos', 'plant_id', NULL, '{quality:write,quality:record}', false, true, true, 'ncrs', 'ncr_id', NULL, NULL, NULL, NULL),
  ('quality.ncr_actions', 'plant_id', NULL, '{quality:write}', false, true, true, 'ncrs', 'ncr_id', NULL, NULL, NULL, NULL),
  ('quality.ncr_dispositions', 'plant_id', NULL, '{quality:write}', true, false, true, 'ncrs', 'ncr_id', NULL, NULL, NULL, NULL),
  ('quality.inspections', 'plant_id', 'station_code', '{quality:write,quality:record}', false, true, true, 'inspections', 'id', NULL, NULL, NULL, 'quality'),
  ('quality.measurements', 'plant_id', NULL, '{quality:record}', true, false, false, 'measurements', 'operation_id', NULL, 'at', 'month', NULL),
  ('quality.vision_models', NULL, NULL, '{quality:write}', false, true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.inference_jobs', 'plant_id', 'station_code', '{quality:write,quality:record}', false, true, false, 'inference-jobs', 'id', NULL, NULL, NULL, NULL),
  ('quality.artifacts', 'plant_id', 'station_code', '{quality:write,quality:record}', false, true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.inference_job_inputs', NULL, NULL, '{quality:write,quality:record}', true, false, false, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.defects', 'plant_id', 'station_code', '{quality:write,quality:record}', false, true, true, 'defects', 'inspection_id', NULL, NULL, NULL, NULL),
  ('quality.defect_artifacts', NULL, NULL, '{quality:write,quality:record}', true, false, false, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.training_images', NULL, NULL, '{quality:write}', false, true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.scrap_reasons', NULL, NULL, '{quality:write}', false, true, true, NULL, NULL, NULL, NULL, NULL, NULL),
  ('quality.scrap_records', 'plant_id', NULL, '{quality:write,quality:record,production:report}', false, true, true, 'scrap', 'id', NULL, NULL, NULL, NULL);

-- What is to be made, held and driven, what is expected to be asked for, and how well that was known.

CREATE TABLE planning.optimization_runs (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid,
  kind text NOT NULL CHECK (kind IN ('schedule', 'production', 'inventory', 'routing')),
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  outcome text CHECK (outcome IN ('optimal', 'feasible', 'infeasible', 'unknown')),
  solver text NOT NULL DEFAULT '',
  objective text NOT NULL DEFAULT '',
  sense text NOT NULL DEFAULT 'minimize' CHECK (sense IN ('minimize', 'maximize')),
  objective_value double precision,
  bound double precision,
  solve_ms bigint CHECK (solve_ms >= 0),
  seed bigint,
  parameters jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
  failure text,
  requested_by uuid,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, requested_by) REFERENCES identity.users,
  CHECK (ended_at >= started_at),
  CHECK (status NOT IN ('completed', 'failed', 'cancelled') OR ended_at IS NOT NULL),
  CHECK ((status = 'completed') = (outcome IS NOT NULL)),
  CHECK (CASE sense WHEN 'minimize' THEN bound <= objective_value ELSE bound >= objective_value END)
);
COMMENT ON TABLE planning.optimization_runs IS 'Every run of a solver, with enough to run it again.';
COMMENT ON COLUMN planning.optimization_runs.plant_id IS 'NULL: over all plants.';
COMMENT ON COLUMN planning.optimization_runs.objective IS 'What was optimised: total tardiness, make span, cost, distance, ... and objective_value in its unit.';
COMMENT ON COLUMN planning.optimization_runs.bound IS 'Proved: no solution is better. NULL: none was proved.';
COMMENT ON COLUMN planning.optimization_runs.solve_ms IS 'Time that the solver took, without reading and writing.';
CREATE INDEX optimization_runs_recent ON planning.optimization_runs (organization_id, plant_id, started_at DESC);
CREATE INDEX optimization_runs_kind ON planning.optimization_runs (organization_id, kind, started_at DESC);

CREATE TABLE planning.plant_settings (
  organization_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  assumed_repair_s integer CHECK (assumed_repair_s > 0),
  minor_stop_s integer CHECK (minor_stop_s >= 0),
  PRIMARY KEY (organization_id, plant_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE planning.plant_settings IS 'What the planners of a plant decided for all of them; without a row, or where a value is NULL, what the application does by itself holds.';
COMMENT ON COLUMN planning.plant_settings.assumed_repair_s IS 'A machine that is down is planned around for so long from now on, as long as nobody knows better.';
COMMENT ON COLUMN planning.plant_settings.minor_stop_s IS 'A machine that says that it is down is not planned around before it has stood so long.';

CREATE TABLE planning.production_plans (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  run_id uuid NOT NULL,
  plant_id uuid,
  location_id uuid,
  material_id uuid NOT NULL,
  planned_on date NOT NULL,
  quantity numeric NOT NULL CHECK (quantity >= 0),
  unit text NOT NULL CHECK (unit <> ''),
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, run_id, material_id, plant_id, location_id, planned_on),
  FOREIGN KEY (organization_id, run_id) REFERENCES planning.optimization_runs ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials
);
COMMENT ON TABLE planning.production_plans IS 'What a run proposes to make of a material on a day.';
CREATE INDEX production_plans_material ON planning.production_plans (organization_id, material_id, planned_on);

CREATE TABLE planning.inventory_plans (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  run_id uuid NOT NULL,
  plant_id uuid,
  location_id uuid,
  material_id uuid NOT NULL,
  safety_stock numeric NOT NULL CHECK (safety_stock >= 0),
  reorder_point numeric NOT NULL CHECK (reorder_point >= 0),
  unit text NOT NULL CHECK (unit <> ''),
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, run_id, material_id, plant_id, location_id),
  FOREIGN KEY (organization_id, run_id) REFERENCES planning.optimization_runs ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  CHECK (reorder_point >= safety_stock)
);
COMMENT ON TABLE planning.inventory_plans IS 'What a run proposes to hold of a material.';
COMMENT ON COLUMN planning.inventory_plans.reorder_point IS 'Stock at which to order: demand over the lead time, and the safety stock.';
CREATE INDEX inventory_plans_material ON planning.inventory_plans (organization_id, material_id);

CREATE TABLE planning.routing_plans (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  run_id uuid NOT NULL,
  plant_id uuid,
  vehicle_code text NOT NULL CHECK (vehicle_code <> ''),
  route jsonb NOT NULL CHECK (jsonb_typeof(route) = 'array'),
  distance_m double precision NOT NULL CHECK (distance_m >= 0),
  duration_s integer NOT NULL CHECK (duration_s >= 0),
  starts_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, run_id) REFERENCES planning.optimization_runs ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE planning.routing_plans IS 'The round of a vehicle that a run proposes; one may go out several times.';
COMMENT ON COLUMN planning.routing_plans.route IS 'Stops in order, each with its place and what is done there.';
CREATE INDEX routing_plans_run ON planning.routing_plans (organization_id, run_id, vehicle_code);

CREATE TABLE planning.forecasts (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid,
  location_id uuid,
  material_id uuid NOT NULL,
  forecast_on date NOT NULL,
  horizon_days integer NOT NULL CHECK (horizon_days > 0),
  p10 double precision NOT NULL,
  p50 double precision NOT NULL,
  p90 double precision NOT NULL,
  unit text NOT NULL CHECK (unit <> ''),
  model text NOT NULL CHECK (model <> ''),
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, material_id, plant_id, location_id, forecast_on, horizon_days, model),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  CHECK (0 <= p10 AND p10 <= p50 AND p50 <= p90 AND p90 < 'infinity')
);
COMMENT ON TABLE planning.forecasts IS 'Demand for a material on a day, as a model saw it some days before: the values that it stays under with probability 0.1, 0.5 and 0.9.';
COMMENT ON COLUMN planning.forecasts.forecast_on IS 'The day that is foreseen.';
COMMENT ON COLUMN planning.forecasts.horizon_days IS 'How many days before that it was foreseen.';
COMMENT ON COLUMN planning.forecasts.location_id IS 'NULL: all places together.';
CREATE INDEX forecasts_material ON planning.forecasts (organization_id, material_id, forecast_on DESC);
CREATE INDEX forecasts_day ON planning.forecasts (organization_id, forecast_on DESC);

CREATE TABLE planning.actuals (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid,
  location_id uuid,
  material_id uuid NOT NULL,
  happened_on date NOT NULL,
  quantity numeric NOT NULL CHECK (quantity >= 0),
  unit text NOT NULL CHECK (unit <> ''),
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, material_id, plant_id, location_id, happened_on),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials
);
COMMENT ON TABLE planning.actuals IS 'What was truly asked for, beside the forecasts of that day.';
CREATE INDEX actuals_material ON planning.actuals (organization_id, material_id, happened_on DESC);

CREATE TABLE planning.forecast_accuracy (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid,
  location_id uuid,
  material_id uuid NOT NULL,
  measured_on date NOT NULL,
  model text NOT NULL DEFAULT '',
  horizon_days integer CHECK (horizon_days > 0),
  mape_ratio double precision CHECK (mape_ratio >= 0),
  rmse double precision CHECK (rmse >= 0),
  bias double precision,
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, material_id, plant_id, location_id, measured_on, model, horizon_days),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials
);
COMMENT ON TABLE planning.forecast_accuracy IS 'How good the forecasts of a material were up to a day.';
COMMENT ON COLUMN planning.forecast_accuracy.mape_ratio IS 'Mean absolute percentage error as a fraction; NULL where every actual was 0.';
COMMENT ON COLUMN planning.forecast_accuracy.rmse IS 'Root mean squared error, in the unit of the material.';
COMMENT ON COLUMN planning.forecast_accuracy.bias IS 'Mean of forecast minus actual, in the unit of the material: above 0 it foresees too much.';
COMMENT ON COLUMN planning.forecast_accuracy.horizon_days IS 'NULL: over all horizons.';
CREATE INDEX forecast_accuracy_material ON planning.forecast_accuracy (organization_id, material_id, measured_on DESC);

CREATE TABLE planning.inventory_recommendations (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid,
  location_id uuid,
  material_id uuid NOT NULL,
  safety_stock numeric NOT NULL CHECK (safety_stock >= 0),
  reorder_point numeric NOT NULL CHECK (reorder_point >= 0),
  unit text NOT NULL CHECK (unit <> ''),
  service_level_ratio double precision CHECK (service_level_ratio > 0 AND service_level_ratio < 1),
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, material_id, plant_id, location_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  CHECK (reorder_point >= safety_stock)
);
COMMENT ON TABLE planning.inventory_recommendations IS 'What the forecasts say should be held of a material now; the one that holds, overwritten when it is computed anew.';
COMMENT ON COLUMN planning.inventory_recommendations.service_level_ratio IS 'Share of order cycles without a stock-out that it is meant for.';

ALTER TABLE production.schedule_versions ADD FOREIGN KEY (organization_id, optimization_run_id) REFERENCES planning.optimization_runs;
CREATE TRIGGER check_signature AFTER INSERT OR UPDATE ON production.schedule_versions
  FOR EACH ROW EXECUTE FUNCTION app.check_signature('signature_id', 'published', 'published_by');

INSERT INTO app.table_rules (target, plant_column, plant_optional, write_permissions, delete_permissions, audited, feed_subject, feed_id) VALUES
  ('planning.optimization_runs', 'plant_id', true, '{planning:write,schedule:write}', '{planning:write}', true, 'optimization-runs', 'id'),
  ('planning.plant_settings', 'plant_id', false, '{schedule:write}', '{}', true, 'planning-settings', 'plant_id'),
  ('planning.production_plans', 'plant_id', true, '{planning:write}', '{planning:write}', false, NULL, NULL),
  ('planning.inventory_plans', 'plant_id', true, '{planning:write}', '{planning:write}', false, NULL, NULL),
  ('planning.routing_plans', 'plant_id', true, '{planning:write}', '{planning:write}', false, NULL, NULL),
  ('planning.forecasts', 'plant_id', true, '{planning:write}', '{planning:write}', false, NULL, NULL),
  ('planning.actuals', 'plant_id', true, '{planning:write}', '{}', true, NULL, NULL),
  ('planning.forecast_accuracy', 'plant_id', true, '{planning:write}', '{planning:write}', false, NULL, NULL),
  ('planning.inventory_recommendations', 'plant_id', true, '{planning:write}', '{planning:write}', true, NULL, NULL);

-- What is to be checked, what was measured, and what was found wrong.

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
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, material_id, operation_number, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  CHECK (lower_limit IS NOT NULL OR upper_limit IS NOT NULL),
  CHECK (upper_limit > lower_limit)
);
COMMENT ON COLUMN quality.characteristics.lower_limit IS 'Lower specification limit; a value at the limit is inside.';
COMMENT ON COLUMN quality.characteristics.measurements_due IS 'Measurements on one operation.';

CREATE TABLE quality.measurements (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  operation_id uuid NOT NULL,
  characteristic_id uuid NOT NULL,
  serial_number text,
  value double precision NOT NULL,
  inside boolean NOT NULL,
  source text NOT NULL CHECK (source IN ('typed', 'gauge', 'import')),
  user_id uuid NOT NULL,
  station_code text,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, operation_id) REFERENCES production.operations,
  FOREIGN KEY (organization_id, characteristic_id) REFERENCES quality.characteristics,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users
) PARTITION BY RANGE (at);
COMMENT ON COLUMN quality.measurements.inside IS 'Within the specification limits that held when it was judged.';
CREATE INDEX measurements_at ON quality.measurements USING brin (at);
CREATE INDEX measurements_operation ON quality.measurements (organization_id, operation_id, characteristic_id, at);

-- Lots, serials, labels and cartons: what went into what, and where it went.

CREATE TABLE trace.lots (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^LOT-'),
  material_id uuid NOT NULL,
  work_order_id uuid,
  quantity numeric NOT NULL CHECK (quantity >= 0),
  unit text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'completed', 'quarantined', 'released', 'rejected')),
  supplier text,
  made_at timestamptz NOT NULL,
  expires_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  CHECK (expires_at > made_at)
);
COMMENT ON COLUMN trace.lots.made_at IS 'Made here, or received where a supplier is named.';
CREATE INDEX lots_recent ON trace.lots (organization_id, plant_id, made_at DESC);

CREATE TABLE trace.serials (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^SN-'),
  material_id uuid NOT NULL,
  lot_id uuid,
  status text NOT NULL CHECK (status IN ('in_process', 'released', 'packed', 'shipped', 'quarantined', 'scrapped')),
  made_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots
);
CREATE INDEX serials_recent ON trace.serials (organization_id, plant_id, made_at DESC);
CREATE INDEX serials_to_pack ON trace.serials (organization_id, plant_id) WHERE status = 'released';

CREATE TABLE logistics.shipments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^SH-'),
  customer text NOT NULL,
  destination text NOT NULL,
  status text NOT NULL CHECK (status IN ('planned', 'loading', 'shipped', 'delivered', 'cancelled')),
  shipped_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);

CREATE TABLE logistics.packing_units (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^CT-'),
  kind text NOT NULL DEFAULT 'carton' CHECK (kind IN ('carton', 'pallet')),
  status text NOT NULL CHECK (status IN ('open', 'closed', 'shipped', 'voided')),
  material_id uuid,
  sscc text CHECK (sscc ~ '^[0-9]{18}$'),
  shipment_id uuid,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  station_code text,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  UNIQUE (organization_id, sscc),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, shipment_id) REFERENCES logistics.shipments,
  CHECK (closed_at >= opened_at),
  CHECK (status IN ('open', 'voided') OR sscc IS NOT NULL)
);
COMMENT ON COLUMN logistics.packing_units.sscc IS 'GS1 serial shipping container code, 18 digits, given when it closes.';
COMMENT ON COLUMN logistics.packing_units.material_id IS 'What the first serial made it a carton of; NULL while empty.';
CREATE INDEX packing_units_plant ON logistics.packing_units (organization_id, plant_id, opened_at DESC);

CREATE TABLE logistics.packing_unit_serials (
  organization_id uuid NOT NULL,
  serial_id uuid NOT NULL,
  packing_unit_id uuid NOT NULL,
  packed_at timestamptz NOT NULL,
  user_id uuid NOT NULL,
  PRIMARY KEY (organization_id, serial_id),
  FOREIGN KEY (organization_id, serial_id) REFERENCES trace.serials,
  FOREIGN KEY (organization_id, packing_unit_id) REFERENCES logistics.packing_units,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users
);
COMMENT ON TABLE logistics.packing_unit_serials IS 'A serial is in one packing unit at most: the key says so.';
CREATE INDEX packing_unit_serials_unit ON logistics.packing_unit_serials (organization_id, packing_unit_id);

CREATE TABLE trace.genealogy (
  organization_id uuid NOT NULL,
  parent_id uuid NOT NULL,
  child_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('consumed', 'produced', 'assembled_into', 'packed_into', 'shipped_to')),
  parent_kind text NOT NULL CHECK (parent_kind IN ('lot', 'serial', 'carton', 'shipment')),
  child_kind text NOT NULL CHECK (child_kind IN ('lot', 'serial', 'carton', 'shipment')),
  plant_id uuid NOT NULL,
  quantity numeric CHECK (quantity > 0),
  unit text,
  at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, parent_id, child_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (parent_id <> child_id)
);
COMMENT ON TABLE trace.genealogy IS 'The parent went into the child: flour into dough, pump into carton, carton into shipment.';
CREATE INDEX genealogy_child ON trace.genealogy (organization_id, child_id);

CREATE TABLE trace.labels (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  packing_unit_id uuid NOT NULL,
  sscc text NOT NULL,
  printer_code text NOT NULL,
  copy integer NOT NULL CHECK (copy > 0),
  outcome text NOT NULL CHECK (outcome IN ('queued', 'printed', 'refused', 'unknown', 'voided')),
  reason text,
  reprint_reason text,
  zpl text NOT NULL,
  user_id uuid NOT NULL,
  station_code text,
  printed_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, packing_unit_id) REFERENCES logistics.packing_units,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  CHECK (copy = 1 OR reprint_reason IS NOT NULL)
);
COMMENT ON TABLE trace.labels IS 'Every print and reprint. A carton has one valid label at most: see labels_one_valid.';
CREATE UNIQUE INDEX labels_one_valid ON trace.labels (organization_id, packing_unit_id) WHERE outcome IN ('queued', 'printed', 'unknown');

CREATE TABLE trace.scans (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL,
  kind text NOT NULL,
  source text NOT NULL,
  user_id uuid NOT NULL,
  station_code text,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id)
) PARTITION BY RANGE (at);
CREATE INDEX scans_at ON trace.scans USING brin (at);

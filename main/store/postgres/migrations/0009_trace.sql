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
  lane_id uuid,
  supplier_id uuid,
  supplier_lot_number text CHECK (supplier_lot_number <> ''),
  certificate_file_id uuid,
  remaining_quantity numeric,
  location_id uuid,
  quality_requirements jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(quality_requirements) = 'object'),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  disposition_signature_id uuid,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, lane_id) REFERENCES production.lanes,
  FOREIGN KEY (organization_id, supplier_id) REFERENCES material.suppliers,
  FOREIGN KEY (organization_id, certificate_file_id) REFERENCES app.files,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, disposition_signature_id) REFERENCES identity.signatures,
  CHECK (expires_at > made_at),
  CONSTRAINT lots_remaining CHECK (remaining_quantity BETWEEN 0 AND quantity)
);
COMMENT ON TABLE trace.lots IS 'Lots, made and received alike. Whether one may be used is its status: no second flag is kept.';
COMMENT ON COLUMN trace.lots.made_at IS 'Made here, or received where a supplier is named.';
COMMENT ON COLUMN trace.lots.lane_id IS 'Where it was made.';
COMMENT ON COLUMN trace.lots.supplier IS 'As it is printed; supplier_id where the supplier is known.';
COMMENT ON COLUMN trace.lots.certificate_file_id IS 'Certificate of the material (EN 10204).';
COMMENT ON COLUMN trace.lots.remaining_quantity IS 'Not yet issued; NULL: not kept.';
COMMENT ON COLUMN trace.lots.disposition_signature_id IS 'The signature that let it out of quarantine: each way out needs one of its own.';
CREATE INDEX lots_recent ON trace.lots (organization_id, plant_id, made_at DESC);
CREATE INDEX lots_material ON trace.lots (organization_id, material_id, made_at DESC);
CREATE INDEX lots_left ON trace.lots (organization_id, material_id, expires_at) WHERE remaining_quantity > 0;
CREATE INDEX lots_expiring ON trace.lots (organization_id, plant_id, expires_at) WHERE status IN ('active', 'completed', 'released');
CREATE INDEX lots_status ON trace.lots (organization_id, plant_id, status);
CREATE INDEX lots_lane ON trace.lots (organization_id, lane_id) WHERE lane_id IS NOT NULL;
CREATE INDEX lots_work_order ON trace.lots (organization_id, work_order_id) WHERE work_order_id IS NOT NULL;
CREATE INDEX lots_supplier ON trace.lots (organization_id, supplier_id, supplier_lot_number) WHERE supplier_id IS NOT NULL;

CREATE TABLE trace.serials (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^SN-'),
  material_id uuid NOT NULL,
  lot_id uuid,
  status text NOT NULL CHECK (status IN ('in_process', 'released', 'packed', 'shipped', 'returned', 'quarantined', 'scrapped')),
  made_at timestamptz NOT NULL,
  work_order_id uuid,
  shipment_id uuid,
  shipped_at timestamptz,
  location_id uuid,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  CONSTRAINT serials_shipped CHECK (shipped_at >= made_at)
);
COMMENT ON TABLE trace.serials IS 'Single units with a number of their own. What is in stock is released or packed; who got one stands on its shipment.';
COMMENT ON COLUMN trace.serials.location_id IS 'Where it is; NULL: not kept.';
COMMENT ON COLUMN trace.serials.shipment_id IS 'The last one that it left with.';
CREATE INDEX serials_recent ON trace.serials (organization_id, plant_id, made_at DESC);
CREATE INDEX serials_to_pack ON trace.serials (organization_id, plant_id) WHERE status = 'released';
CREATE INDEX serials_material ON trace.serials (organization_id, material_id, status);
CREATE INDEX serials_lot ON trace.serials (organization_id, lot_id) WHERE lot_id IS NOT NULL;
CREATE INDEX serials_work_order ON trace.serials (organization_id, work_order_id) WHERE work_order_id IS NOT NULL;
CREATE INDEX serials_shipment ON trace.serials (organization_id, shipment_id) WHERE shipment_id IS NOT NULL;

CREATE TABLE logistics.shipments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^SH-'),
  customer text NOT NULL,
  destination text NOT NULL,
  status text NOT NULL CHECK (status IN ('planned', 'loading', 'shipped', 'delivered', 'cancelled')),
  shipped_at timestamptz,
  kind text NOT NULL DEFAULT 'customer_delivery' CHECK (kind IN ('customer_delivery', 'internal_transfer', 'supplier_return')),
  project_id uuid,
  destination_plant_id uuid,
  destination_location_id uuid,
  supplier_id uuid,
  carrier text CHECK (carrier <> ''),
  tracking_number text CHECK (tracking_number <> ''),
  planned_ship_on date,
  planned_delivery_on date,
  delivered_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, destination_plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, destination_location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, supplier_id) REFERENCES material.suppliers,
  CONSTRAINT shipments_planned CHECK (planned_delivery_on >= planned_ship_on),
  CONSTRAINT shipments_times CHECK (delivered_at >= shipped_at),
  CONSTRAINT shipments_shipped CHECK (status NOT IN ('shipped', 'delivered') OR shipped_at IS NOT NULL),
  CONSTRAINT shipments_transfer CHECK (kind <> 'internal_transfer' OR destination_plant_id IS NOT NULL),
  CONSTRAINT shipments_return CHECK (kind <> 'supplier_return' OR supplier_id IS NOT NULL)
);
COMMENT ON TABLE logistics.shipments IS 'What leaves a plant (plant_id). planned is what others call pending, shipped what they call in transit.';
COMMENT ON COLUMN logistics.shipments.shipped_at IS 'When it really left; its day is the actual shipment date.';
COMMENT ON COLUMN logistics.shipments.destination_plant_id IS 'Of internal transfers.';
COMMENT ON COLUMN logistics.shipments.supplier_id IS 'Of returns.';
CREATE INDEX shipments_status ON logistics.shipments (organization_id, plant_id, status, planned_ship_on);
CREATE INDEX shipments_project ON logistics.shipments (organization_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX shipments_tracking ON logistics.shipments (organization_id, tracking_number) WHERE tracking_number IS NOT NULL;

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
  gross_weight_kg numeric CHECK (gross_weight_kg > 0),
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
COMMENT ON TABLE logistics.packing_units IS 'Cartons and pallets. A closed one is not opened again: it is voided, and its contents are packed anew.';
COMMENT ON COLUMN logistics.packing_units.sscc IS 'GS1 serial shipping container code, 18 digits, given when it closes.';
COMMENT ON COLUMN logistics.packing_units.material_id IS 'What the first serial made it a carton of; NULL while empty.';
CREATE INDEX packing_units_plant ON logistics.packing_units (organization_id, plant_id, opened_at DESC);
CREATE INDEX packing_units_shipment ON logistics.packing_units (organization_id, shipment_id) WHERE shipment_id IS NOT NULL;

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

CREATE TABLE logistics.shipment_items (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  shipment_id uuid NOT NULL,
  position integer NOT NULL CHECK (position > 0),
  packing_unit_id uuid,
  material_id uuid,
  lot_id uuid,
  work_order_id uuid,
  quantity numeric NOT NULL CHECK (quantity > 0),
  unit text NOT NULL CHECK (unit <> ''),
  packaging text CHECK (packaging <> ''),
  note text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, shipment_id, position),
  UNIQUE (organization_id, packing_unit_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, shipment_id) REFERENCES logistics.shipments ON DELETE CASCADE,
  FOREIGN KEY (organization_id, packing_unit_id) REFERENCES logistics.packing_units,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  CONSTRAINT shipment_items_what CHECK (num_nonnulls(packing_unit_id, material_id, lot_id, work_order_id) > 0)
);
COMMENT ON TABLE logistics.shipment_items IS 'Lines of a shipment: a packing unit with its SSCC, or goods that travel loose. A packing unit travels once.';
COMMENT ON COLUMN logistics.shipment_items.packaging IS 'Of loose goods: crate, drum, bundle.';
CREATE INDEX shipment_items_material ON logistics.shipment_items (organization_id, material_id) WHERE material_id IS NOT NULL;
CREATE INDEX shipment_items_lot ON logistics.shipment_items (organization_id, lot_id) WHERE lot_id IS NOT NULL;
CREATE INDEX shipment_items_work_order ON logistics.shipment_items (organization_id, work_order_id) WHERE work_order_id IS NOT NULL;
CREATE TRIGGER take_place BEFORE INSERT OR UPDATE ON logistics.shipment_items
  FOR EACH ROW EXECUTE FUNCTION app.take_place('logistics.shipments', 'shipment_id');

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
  CHECK (parent_id <> child_id),
  CONSTRAINT genealogy_direction CHECK (CASE kind
    WHEN 'packed_into' THEN parent_kind IN ('lot', 'serial', 'carton') AND child_kind = 'carton'
    WHEN 'shipped_to' THEN parent_kind IN ('lot', 'serial', 'carton') AND child_kind = 'shipment'
    ELSE parent_kind IN ('lot', 'serial') AND child_kind IN ('lot', 'serial') END),
  CONSTRAINT genealogy_quantity CHECK (quantity IS NULL OR unit IS NOT NULL)
);
COMMENT ON TABLE trace.genealogy IS 'The parent went into the child: flour into dough, pump into carton, carton into shipment. A work order is not a thing in it: what it consumed went into its lot; nor is a place: where things went stands on the shipment.';
CREATE INDEX genealogy_child ON trace.genealogy (organization_id, child_id);
CREATE INDEX genealogy_at ON trace.genealogy USING brin (at);

-- Both ends must be there, whatever their kind, and nothing may descend from itself. Asked once a statement; the walk
-- begins only at edges that have something before and behind them, which is seldom: things are made forwards.
CREATE FUNCTION trace.check_genealogy() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  wrong record;
BEGIN
  SELECT thing.kind, thing.id INTO wrong
    FROM (SELECT organization_id, parent_kind AS kind, parent_id AS id FROM edges
          UNION SELECT organization_id, child_kind, child_id FROM edges) AS thing
    WHERE NOT CASE thing.kind
      WHEN 'lot' THEN EXISTS (SELECT FROM trace.lots x WHERE (x.organization_id, x.id) = (thing.organization_id, thing.id))
      WHEN 'serial' THEN EXISTS (SELECT FROM trace.serials x WHERE (x.organization_id, x.id) = (thing.organization_id, thing.id))
      WHEN 'carton' THEN EXISTS (SELECT FROM logistics.packing_units x WHERE (x.organization_id, x.id) = (thing.organization_id, thing.id))
      ELSE EXISTS (SELECT FROM logistics.shipments x WHERE (x.organization_id, x.id) = (thing.organization_id, thing.id)) END
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'genealogy names a % that is not there: %', wrong.kind, wrong.id
      USING ERRCODE = 'foreign_key_violation', SCHEMA = 'trace', TABLE = 'genealogy', CONSTRAINT = 'genealogy_ends';
  END IF;

  -- Only things of a kind go into each other in circles: what was packed does not come out as goods, nor a shipment as either.
  WITH RECURSIVE risky AS (
    SELECT e.organization_id, e.parent_id, e.child_id FROM edges e
    WHERE e.child_kind <> 'shipment' AND (e.parent_kind = 'carton') = (e.child_kind = 'carton')
      AND EXISTS (SELECT FROM trace.genealogy g WHERE g.organization_id = e.organization_id AND g.parent_id = e.child_id)
      AND EXISTS (SELECT FROM trace.genealogy g WHERE g.organization_id = e.organization_id AND g.child_id = e.parent_id)
  ), below AS (
    SELECT organization_id, child_id AS start, child_id AS id FROM risky
    UNION
    SELECT below.organization_id, below.start, g.child_id
      FROM below JOIN trace.genealogy g ON g.organization_id = below.organization_id AND g.parent_id = below.id
        AND g.child_kind <> 'shipment' AND (g.parent_kind = 'carton') = (g.child_kind = 'carton')
  )
  SELECT risky.parent_id, risky.child_id INTO wrong FROM risky
    JOIN below ON below.organization_id = risky.organization_id AND below.start = risky.child_id AND below.id = risky.parent_id
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'refusal.genealogy-circle' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('parent', wrong.parent_id, 'child', wrong.child_id);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION trace.check_genealogy() IS 'SQLSTATE LW001: a rule says no; the message is the key of a text, the detail its values as JSON. Two transactions that close a circle between them at one moment are found by trace.genealogy_faults().';
CREATE TRIGGER check_genealogy_on_insert AFTER INSERT ON trace.genealogy REFERENCING NEW TABLE AS edges
  FOR EACH STATEMENT EXECUTE FUNCTION trace.check_genealogy();
CREATE TRIGGER check_genealogy_on_update AFTER UPDATE ON trace.genealogy REFERENCING NEW TABLE AS edges
  FOR EACH STATEMENT EXECUTE FUNCTION trace.check_genealogy();

CREATE FUNCTION trace.genealogy_faults() RETURNS TABLE (fault text, subject_id uuid)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE whole AS (
    SELECT organization_id, parent_id, child_id FROM trace.genealogy
      WHERE child_kind <> 'shipment' AND (parent_kind = 'carton') = (child_kind = 'carton')
  ), inner_edges AS (
    -- Only what has something before and behind it can stand in a circle.
    SELECT w.* FROM whole w
      WHERE EXISTS (SELECT FROM whole g WHERE g.organization_id = w.organization_id AND g.parent_id = w.child_id)
        AND EXISTS (SELECT FROM whole g WHERE g.organization_id = w.organization_id AND g.child_id = w.parent_id)
  ), walk AS (
    SELECT organization_id, child_id AS start, child_id AS id FROM inner_edges
    UNION
    SELECT walk.organization_id, walk.start, g.child_id
      FROM walk JOIN inner_edges g ON g.organization_id = walk.organization_id AND g.parent_id = walk.id
  )
  SELECT 'circle', w.child_id FROM inner_edges w
    JOIN walk ON walk.organization_id = w.organization_id AND walk.start = w.child_id AND walk.id = w.parent_id
  UNION
  SELECT 'packed-without-edge', p.serial_id FROM logistics.packing_unit_serials p
    WHERE NOT EXISTS (SELECT FROM trace.genealogy g
      WHERE g.organization_id = p.organization_id AND g.parent_id = p.serial_id AND g.child_id = p.packing_unit_id)
  UNION
  SELECT 'edge-without-packing', g.parent_id FROM trace.genealogy g
    WHERE g.kind = 'packed_into' AND g.parent_kind = 'serial' AND NOT EXISTS (SELECT FROM logistics.packing_unit_serials p
      WHERE p.organization_id = g.organization_id AND p.serial_id = g.parent_id AND p.packing_unit_id = g.child_id)
  UNION
  SELECT 'used-more-than-there-was', l.id FROM trace.lots l
    JOIN trace.genealogy g ON g.organization_id = l.organization_id AND g.parent_id = l.id AND g.unit = l.unit
    GROUP BY l.organization_id, l.id, l.quantity HAVING sum(g.quantity) > l.quantity
$$;
COMMENT ON FUNCTION trace.genealogy_faults() IS 'What does not add up among the rows that the caller may see: circles, packing and edges that disagree, lots of which more was used than there was.';

CREATE TABLE trace.labels (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  packing_unit_id uuid,
  sscc text,
  printer_code text NOT NULL,
  copy integer NOT NULL CHECK (copy > 0),
  outcome text NOT NULL CHECK (outcome IN ('queued', 'printed', 'refused', 'unknown', 'voided')),
  reason text,
  reprint_reason text,
  zpl text NOT NULL,
  user_id uuid NOT NULL,
  station_code text,
  printed_at timestamptz NOT NULL,
  subject_kind text NOT NULL DEFAULT 'packing_unit'
    CHECK (subject_kind IN ('packing_unit', 'material', 'lot', 'serial', 'work_order', 'operation', 'shipment', 'location')),
  subject_id uuid,
  symbology text CHECK (symbology IN ('gs1_128', 'code_128', 'qr', 'data_matrix', 'gs1_data_matrix')),
  code text CHECK (code <> ''),
  image_file_id uuid,
  signature_id uuid,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, packing_unit_id) REFERENCES logistics.packing_units,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, image_file_id) REFERENCES app.files,
  FOREIGN KEY (organization_id, signature_id) REFERENCES identity.signatures,
  CHECK (copy = 1 OR reprint_reason IS NOT NULL),
  CONSTRAINT labels_subject CHECK (CASE subject_kind
    WHEN 'packing_unit' THEN packing_unit_id IS NOT NULL AND sscc IS NOT NULL
    ELSE packing_unit_id IS NULL AND subject_id IS NOT NULL AND code IS NOT NULL END),
  CONSTRAINT labels_signed CHECK (subject_kind <> 'serial' OR copy = 1 OR signature_id IS NOT NULL)
);
COMMENT ON TABLE trace.labels IS 'Every print and reprint. A carton, and a serial, has one valid label at most: see labels_one_valid.';
COMMENT ON COLUMN trace.labels.subject_id IS 'What the label is of, where it is not a packing unit.';
COMMENT ON COLUMN trace.labels.code IS 'What the barcode says; of a packing unit NULL: it says the sscc.';
COMMENT ON COLUMN trace.labels.image_file_id IS 'The picture of it, where one was made.';
COMMENT ON COLUMN trace.labels.signature_id IS 'Reprinting the label of a serial is signed.';
CREATE UNIQUE INDEX labels_one_valid ON trace.labels (organization_id, packing_unit_id) WHERE outcome IN ('queued', 'printed', 'unknown');
CREATE UNIQUE INDEX labels_one_valid_serial ON trace.labels (organization_id, subject_id)
  WHERE subject_kind = 'serial' AND outcome IN ('queued', 'printed', 'unknown');
CREATE INDEX labels_subject ON trace.labels (organization_id, subject_kind, subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX labels_code ON trace.labels (organization_id, code) WHERE code IS NOT NULL;

CREATE TABLE trace.scans (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL,
  kind text NOT NULL,
  source text NOT NULL,
  user_id uuid NOT NULL,
  station_code text,
  purpose text CHECK (purpose <> ''),
  subject_kind text CHECK (subject_kind IN ('material', 'work_order', 'operation', 'lot', 'serial', 'packing_unit', 'shipment',
    'machine', 'location')),
  subject_id uuid,
  location text,
  note text,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id),
  CONSTRAINT scans_subject CHECK ((subject_kind IS NULL) = (subject_id IS NULL))
) PARTITION BY RANGE (at);
COMMENT ON TABLE trace.scans IS 'Every read of a barcode, understood or not; kept for a year.';
COMMENT ON COLUMN trace.scans.kind IS 'What the code looked like: operation, lot, serial, carton, gs1, unknown.';
COMMENT ON COLUMN trace.scans.purpose IS 'What it was scanned for: material_receipt, work_order_start, shipment, ...';
COMMENT ON COLUMN trace.scans.subject_id IS 'What it turned out to be; NULL where nothing was found.';
CREATE INDEX scans_at ON trace.scans USING brin (at);
CREATE INDEX scans_code ON trace.scans (organization_id, code, at DESC);
CREATE INDEX scans_subject ON trace.scans (organization_id, subject_id, at DESC) WHERE subject_id IS NOT NULL;

-- Only a signed disposition leads out of quarantine: signed for this lot, with this outcome, after the last change of it.
CREATE FUNCTION trace.check_disposition() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM identity.signatures s
    WHERE s.organization_id = NEW.organization_id AND s.id = NEW.disposition_signature_id
      AND s.subject = 'trace.lots/' || NEW.id AND s.meaning = NEW.status AND s.signed_at >= OLD.updated_at)
  THEN
    RAISE EXCEPTION 'refusal.disposition-needs-signature' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('lot', NEW.number, 'status', NEW.status);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER check_disposition AFTER UPDATE ON trace.lots FOR EACH ROW
  WHEN (OLD.status = 'quarantined' AND NEW.status <> 'quarantined')
  EXECUTE FUNCTION trace.check_disposition();
CREATE TRIGGER check_signature AFTER INSERT OR UPDATE ON trace.labels
  FOR EACH ROW EXECUTE FUNCTION app.check_signature('signature_id', 'reprinted', 'user_id');

-- References to lots and serials from what is laid out before them.
ALTER TABLE trace.serials ADD FOREIGN KEY (organization_id, shipment_id) REFERENCES logistics.shipments;
ALTER TABLE quality.ncrs
  ADD FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots,
  ADD FOREIGN KEY (organization_id, serial_id) REFERENCES trace.serials;
ALTER TABLE quality.ncr_dispositions
  ADD FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots,
  ADD FOREIGN KEY (organization_id, serial_id) REFERENCES trace.serials;
ALTER TABLE quality.inspections
  ADD FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots,
  ADD FOREIGN KEY (organization_id, serial_id) REFERENCES trace.serials;
ALTER TABLE quality.scrap_records ADD FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots;

GRANT EXECUTE ON FUNCTION trace.genealogy_faults() TO lanewright_app;

INSERT INTO app.table_rules (target, plant_column, write_permissions, append_only, delete_permissions, delete_when, stamped, audited,
                             feed_subject, feed_id, state_machine, time_column, partition_by, retention, shared_by) VALUES
  ('trace.lots', 'plant_id', '{production:report,material:write,quality:write}', false, '{}', NULL, true, true, 'lots', 'id', 'lot', NULL, NULL, NULL, 'lots'),
  ('trace.serials', 'plant_id', '{production:report,packing:write,quality:write}', false, '{}', NULL, true, true, 'serials', 'id', 'serial', NULL, NULL, NULL, NULL),
  ('trace.genealogy', 'plant_id', '{production:report,packing:write}', false, '{packing:write}', 'kind = ''packed_into''', false, true, 'genealogy', 'child_id', NULL, NULL, NULL, NULL, 'genealogy'),
  ('trace.labels', 'plant_id', '{packing:write,production:report}', false, '{}', NULL, true, true, 'labels', 'packing_unit_id', NULL, NULL, NULL, NULL, NULL),
  ('trace.scans', 'plant_id', '{production:report,packing:write,quality:record}', true, '{}', NULL, false, false, NULL, NULL, NULL, 'at', 'month', '1 year', NULL),
  ('logistics.shipments', 'plant_id', '{packing:write,logistics:write}', false, '{}', NULL, true, true, 'shipments', 'id', NULL, NULL, NULL, NULL, 'shipments'),
  ('logistics.packing_units', 'plant_id', '{packing:write}', false, '{}', NULL, true, true, 'cartons', 'id', NULL, NULL, NULL, NULL, NULL),
  ('logistics.packing_unit_serials', NULL, '{packing:write}', false, '{packing:write}', NULL, false, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('logistics.shipment_items', 'plant_id', '{packing:write,logistics:write}', false, '{logistics:write}', NULL, true, true, 'shipments', 'shipment_id', NULL, NULL, NULL, NULL, NULL);

-- What things are made of, what is in stock and what it cost, and whom it comes from.

-- Refuses an edge that closes a circle, whatever the table: a bill of materials, a tree, a chain of suppliers. It sees all
-- plants, because a circle through a plant that one may not read is one too. One writer of a table and organization at
-- a time, or two halves of a circle could be added side by side. OFFSET 0 keeps every step a look into the index: a join
-- may be planned as a scan of the whole table for each level. TG_ARGV: the columns that an edge leads from and to.
CREATE FUNCTION app.refuse_cycle() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  edge jsonb := to_jsonb(NEW);
  from_id uuid := edge ->> TG_ARGV[0];
  to_id uuid := edge ->> TG_ARGV[1];
  closed boolean;
BEGIN
  IF to_id IS NULL THEN RETURN NULL; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(format('%s of %s', TG_RELID::regclass, NEW.organization_id), 0));
  EXECUTE format(
    'WITH RECURSIVE reached(id) AS (
       SELECT $2
       UNION
       SELECT e.%2$I FROM reached r CROSS JOIN LATERAL
         (SELECT e.%2$I FROM %3$s e WHERE e.organization_id = $3 AND e.%1$I = r.id OFFSET 0) e WHERE e.%2$I IS NOT NULL)
     SELECT EXISTS (SELECT FROM reached WHERE id = $1)', TG_ARGV[0], TG_ARGV[1], TG_RELID::regclass)
    INTO closed USING from_id, to_id, NEW.organization_id;
  IF closed THEN
    RAISE EXCEPTION 'refusal.would-form-circle' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('table', TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, 'from', from_id, 'to', to_id);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.refuse_cycle() IS 'Trigger: refuses a row whose edge closes a circle. SQLSTATE LW001: a rule says no; the message is the key of a text, the detail its values as JSON.';

CREATE TABLE material.categories (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  parent_id uuid,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  description text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, parent_id) REFERENCES material.categories
);
COMMENT ON TABLE material.categories IS 'A tree of kinds of material; a category without a parent is a root.';
CREATE INDEX categories_parent ON material.categories (organization_id, parent_id);
CREATE TRIGGER no_cycle AFTER INSERT OR UPDATE OF parent_id ON material.categories
  FOR EACH ROW EXECUTE FUNCTION app.refuse_cycle('id', 'parent_id');

CREATE TABLE material.materials (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('raw', 'ingredient', 'component', 'part', 'packaging', 'intermediate', 'assembly', 'product',
    'sku', 'pcb', 'semiconductor', 'wafer')),
  unit text NOT NULL CHECK (unit <> ''),
  serialised boolean NOT NULL DEFAULT false,
  allergens text[] NOT NULL DEFAULT '{}',
  shelf_life_days integer CHECK (shelf_life_days > 0),
  gtin text CHECK (gtin ~ '^[0-9]{14}$'),
  per_carton integer CHECK (per_carton > 0),
  description text,
  category_id uuid,
  family text CHECK (family <> ''),
  brand text CHECK (brand <> ''),
  sku_of_id uuid,
  pack_size text CHECK (pack_size <> ''),
  origin_country text CHECK (origin_country ~ '^[A-Z]{2}$'),
  erp_number text CHECK (erp_number <> ''),
  barcode text CHECK (barcode <> ''),
  qr_code text CHECK (qr_code <> '' AND octet_length(qr_code) <= 2500),
  costing_method text NOT NULL DEFAULT 'average' CHECK (costing_method IN ('fifo', 'lifo', 'average', 'standard')),
  standard_cost numeric(15,4) CHECK (standard_cost >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  minimum_stock numeric CHECK (minimum_stock >= 0),
  maximum_stock numeric CHECK (maximum_stock >= 0),
  reorder_point numeric CHECK (reorder_point >= 0),
  lead_time_days integer CHECK (lead_time_days >= 0),
  negative_stock_allowed boolean NOT NULL DEFAULT false,
  target_cycle_time_ms bigint CHECK (target_cycle_time_ms > 0),
  specifications jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(specifications) = 'object'),
  tolerance_requirements jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(tolerance_requirements) = 'object'),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  UNIQUE (organization_id, id, unit),
  UNIQUE (organization_id, id, currency),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, category_id) REFERENCES material.categories,
  FOREIGN KEY (organization_id, sku_of_id) REFERENCES material.materials,
  CHECK (sku_of_id IS NULL OR kind = 'sku'),
  CHECK (maximum_stock >= minimum_stock),
  CHECK (maximum_stock >= reorder_point),
  CHECK (standard_cost IS NULL OR currency IS NOT NULL),
  CHECK (costing_method <> 'standard' OR standard_cost IS NOT NULL)
);
COMMENT ON TABLE material.materials IS 'Everything that is bought, made, kept or sold. One that is no longer used is made inactive, never deleted. No index on the jsonb columns: under row-level security none would be used.';
COMMENT ON COLUMN material.materials.plant_id IS 'Where it is made or kept.';
COMMENT ON COLUMN material.materials.unit IS 'In which it is counted, stocked and costed; fixed while stock was posted in it.';
COMMENT ON COLUMN material.materials.gtin IS 'GS1 global trade item number, 14 digits.';
COMMENT ON COLUMN material.materials.sku_of_id IS 'The product that this stock keeping unit is a size of.';
COMMENT ON COLUMN material.materials.pack_size IS 'As printed on the pack: 500 ml, 6 x 1 kg.';
COMMENT ON COLUMN material.materials.origin_country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN material.materials.erp_number IS 'Its number in the ERP system.';
COMMENT ON COLUMN material.materials.costing_method IS 'What an issue costs: the oldest receipts (fifo), the newest (lifo), the running average, or the standard cost.';
COMMENT ON COLUMN material.materials.standard_cost IS 'Of one unit, in currency; four decimals, because a screw costs less than a cent.';
COMMENT ON COLUMN material.materials.currency IS 'ISO 4217, of all its costs; fixed while costs were posted in it. NULL: it has none.';
COMMENT ON COLUMN material.materials.negative_stock_allowed IS 'Issues may be posted before the receipt is.';
COMMENT ON COLUMN material.materials.target_cycle_time_ms IS 'Ideal time of one unit (ISO 22400-2), milliseconds.';
CREATE INDEX materials_category ON material.materials (organization_id, category_id) WHERE active;
CREATE INDEX materials_family ON material.materials (organization_id, family) WHERE active;
CREATE INDEX materials_sku_of ON material.materials (organization_id, sku_of_id) WHERE sku_of_id IS NOT NULL;
CREATE INDEX materials_barcode ON material.materials (organization_id, barcode) WHERE barcode IS NOT NULL;
CREATE INDEX materials_qr_code ON material.materials (organization_id, qr_code) WHERE qr_code IS NOT NULL;
CREATE INDEX materials_gtin ON material.materials (organization_id, gtin) WHERE gtin IS NOT NULL;
CREATE INDEX materials_erp_number ON material.materials (organization_id, erp_number) WHERE erp_number IS NOT NULL;
CREATE INDEX materials_kind ON material.materials (organization_id, kind);
CREATE INDEX materials_plant ON material.materials (organization_id, plant_id);
CREATE TRIGGER no_cycle AFTER INSERT OR UPDATE OF sku_of_id ON material.materials
  FOR EACH ROW WHEN (NEW.sku_of_id IS NOT NULL) EXECUTE FUNCTION app.refuse_cycle('id', 'sku_of_id');

CREATE TABLE material.material_versions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  material_id uuid NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  valid_from timestamptz NOT NULL,
  valid_to timestamptz,
  plant_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  unit text NOT NULL,
  serialised boolean NOT NULL,
  allergens text[] NOT NULL,
  shelf_life_days integer,
  gtin text,
  per_carton integer,
  category_id uuid,
  family text,
  brand text,
  sku_of_id uuid,
  pack_size text,
  origin_country text,
  costing_method text NOT NULL,
  standard_cost numeric(15,4),
  currency text,
  minimum_stock numeric,
  maximum_stock numeric,
  reorder_point numeric,
  lead_time_days integer,
  target_cycle_time_ms bigint,
  specifications jsonb NOT NULL,
  tolerance_requirements jsonb NOT NULL,
  active boolean NOT NULL,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, material_id, number),
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (valid_to > valid_from),
  EXCLUDE USING gist (organization_id WITH =, material_id WITH =, tstzrange(valid_from, valid_to) WITH &&)
);
COMMENT ON TABLE material.material_versions IS 'What a material was, and when: a slowly changing dimension of type 2, kept by a trigger on materials. A fact joins the version that held at its time (material.version_at).';
COMMENT ON COLUMN material.material_versions.valid_from IS 'Included; valid_to is not.';
COMMENT ON COLUMN material.material_versions.valid_to IS 'NULL: holds now.';

CREATE FUNCTION material.open_version(source material.materials, from_at timestamptz) RETURNS void
  LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO material.material_versions (organization_id, material_id, number, valid_from, plant_id, code, name, kind, unit,
    serialised, allergens, shelf_life_days, gtin, per_carton, category_id, family, brand, sku_of_id, pack_size, origin_country,
    costing_method, standard_cost, currency, minimum_stock, maximum_stock, reorder_point, lead_time_days, target_cycle_time_ms,
    specifications, tolerance_requirements, active)
  SELECT source.organization_id, source.id,
    1 + coalesce((SELECT max(v.number) FROM material.material_versions v
      WHERE v.organization_id = source.organization_id AND v.material_id = source.id), 0),
    from_at, source.plant_id, source.code, source.name, source.kind, source.unit,
    source.serialised, source.allergens, source.shelf_life_days, source.gtin, source.per_carton, source.category_id,
    source.family, source.brand, source.sku_of_id, source.pack_size, source.origin_country,
    source.costing_method, source.standard_cost, source.currency, source.minimum_stock, source.maximum_stock,
    source.reorder_point, source.lead_time_days, source.target_cycle_time_ms,
    source.specifications, source.tolerance_requirements, source.active
$$;

CREATE FUNCTION material.keep_version() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  changed_at timestamptz := clock_timestamp();
BEGIN
  IF TG_OP = 'UPDATE' THEN
    -- A version holds for a microsecond at least, also where the clock went back.
    UPDATE material.material_versions v SET valid_to = greatest(changed_at, v.valid_from + interval '1 microsecond')
      WHERE v.organization_id = OLD.organization_id AND v.material_id = OLD.id AND v.valid_to IS NULL
      RETURNING v.valid_to INTO changed_at;
  END IF;
  PERFORM material.open_version(NEW, coalesce(changed_at, clock_timestamp()));
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_first_version AFTER INSERT ON material.materials
  FOR EACH ROW EXECUTE FUNCTION material.keep_version();
CREATE TRIGGER keep_version AFTER UPDATE ON material.materials FOR EACH ROW
  WHEN ((OLD.plant_id, OLD.code, OLD.name, OLD.kind, OLD.unit, OLD.serialised, OLD.allergens, OLD.shelf_life_days, OLD.gtin,
         OLD.per_carton, OLD.category_id, OLD.family, OLD.brand, OLD.sku_of_id, OLD.pack_size, OLD.origin_country,
         OLD.costing_method, OLD.standard_cost, OLD.currency, OLD.minimum_stock, OLD.maximum_stock, OLD.reorder_point,
         OLD.lead_time_days, OLD.target_cycle_time_ms, OLD.specifications, OLD.tolerance_requirements, OLD.active)
        IS DISTINCT FROM
        (NEW.plant_id, NEW.code, NEW.name, NEW.kind, NEW.unit, NEW.serialised, NEW.allergens, NEW.shelf_life_days, NEW.gtin,
         NEW.per_carton, NEW.category_id, NEW.family, NEW.brand, NEW.sku_of_id, NEW.pack_size, NEW.origin_country,
         NEW.costing_method, NEW.standard_cost, NEW.currency, NEW.minimum_stock, NEW.maximum_stock, NEW.reorder_point,
         NEW.lead_time_days, NEW.target_cycle_time_ms, NEW.specifications, NEW.tolerance_requirements, NEW.active))
  EXECUTE FUNCTION material.keep_version();

CREATE FUNCTION material.version_at(organization uuid, material uuid, at timestamptz) RETURNS material.material_versions
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT v FROM material.material_versions v
  WHERE v.organization_id = $1 AND v.material_id = $2
  ORDER BY CASE WHEN v.valid_from <= $3 THEN v.valid_from END DESC NULLS LAST, v.valid_from
  LIMIT 1
$$;
COMMENT ON FUNCTION material.version_at(uuid, uuid, timestamptz) IS 'The version that held at a time; before the first one, the first: what happened before we knew the material is told with what we learnt first.';
GRANT EXECUTE ON FUNCTION material.version_at(uuid, uuid, timestamptz) TO lanewright_app, lanewright_report;

CREATE FUNCTION material.open_missing_versions(from_at timestamptz) RETURNS bigint
  LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  SELECT count(material.open_version(m, from_at)) FROM material.materials m
  WHERE NOT EXISTS (SELECT FROM material.material_versions v WHERE v.organization_id = m.organization_id AND v.material_id = m.id)
$$;
COMMENT ON FUNCTION material.open_missing_versions(timestamptz) IS 'After a bulk load that ran without triggers: the first version of every material that has none. Returns how many. Owner only.';

CREATE TABLE material.compositions (
  organization_id uuid NOT NULL,
  parent_id uuid NOT NULL,
  component_id uuid NOT NULL,
  quantity numeric NOT NULL CHECK (quantity > 0),
  unit text NOT NULL,
  position integer NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, parent_id, component_id),
  FOREIGN KEY (organization_id, parent_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, component_id) REFERENCES material.materials,
  CHECK (parent_id <> component_id)
);
COMMENT ON TABLE material.compositions IS 'Bill of materials or recipe, a level a row: quantity of the component in one unit of the parent. A material never contains itself, through however many levels.';
CREATE INDEX compositions_component ON material.compositions (organization_id, component_id);
CREATE TRIGGER no_cycle AFTER INSERT OR UPDATE OF parent_id, component_id ON material.compositions
  FOR EACH ROW EXECUTE FUNCTION app.refuse_cycle('parent_id', 'component_id');

CREATE TABLE material.suppliers (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  name text NOT NULL CHECK (name <> ''),
  contact_name text,
  email_cipher bytea CHECK (octet_length(email_cipher) BETWEEN 32 AND 2048),
  email_index bytea CHECK (octet_length(email_index) = 32),
  phone_cipher bytea CHECK (octet_length(phone_cipher) BETWEEN 32 AND 2048),
  phone_index bytea CHECK (octet_length(phone_index) = 32),
  address text,
  country_code text CHECK (country_code ~ '^[A-Z]{2}$'),
  location_id uuid,
  payment_terms text,
  rating integer CHECK (rating BETWEEN 1 AND 5),
  risk_score double precision CHECK (risk_score BETWEEN 0 AND 1),
  certifications text[] NOT NULL DEFAULT '{}' CHECK (array_position(certifications, NULL) IS NULL),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  CHECK (email_index IS NULL OR email_cipher IS NOT NULL),
  CHECK (phone_index IS NULL OR phone_cipher IS NOT NULL)
);
COMMENT ON TABLE material.suppliers IS 'Whom materials come from.';
COMMENT ON COLUMN material.suppliers.email_cipher IS 'Encrypted by the application with a key that is not in the database.';
COMMENT ON COLUMN material.suppliers.email_index IS 'Blind index: keyed hash of the normalised address, for exact search. The same for phone_index.';
COMMENT ON COLUMN material.suppliers.address IS 'Of the company, as on its invoices; not a person''s.';
COMMENT ON COLUMN material.suppliers.country_code IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN material.suppliers.location_id IS 'Where it ships from.';
COMMENT ON COLUMN material.suppliers.rating IS '1 worst to 5 best.';
COMMENT ON COLUMN material.suppliers.risk_score IS '0 none to 1 certain; above 0.7 counts as high.';
COMMENT ON COLUMN material.suppliers.certifications IS 'Standards it is certified for: ISO 9001, IATF 16949, FSSC 22000, ...';
CREATE INDEX suppliers_email ON material.suppliers (organization_id, email_index) WHERE email_index IS NOT NULL;
CREATE INDEX suppliers_phone ON material.suppliers (organization_id, phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX suppliers_risk ON material.suppliers (organization_id, risk_score) WHERE active;

CREATE TABLE material.material_suppliers (
  organization_id uuid NOT NULL,
  material_id uuid NOT NULL,
  supplier_id uuid NOT NULL,
  supplier_part_number text CHECK (supplier_part_number <> ''),
  preferred boolean NOT NULL DEFAULT false,
  lead_time_days integer CHECK (lead_time_days >= 0),
  minimum_quantity numeric CHECK (minimum_quantity >= 0),
  unit text CHECK (unit <> ''),
  unit_price numeric(15,4) CHECK (unit_price >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, material_id, supplier_id),
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, supplier_id) REFERENCES material.suppliers,
  CHECK ((unit_price IS NULL) = (currency IS NULL)),
  CHECK ((minimum_quantity IS NULL AND unit_price IS NULL) OR unit IS NOT NULL)
);
COMMENT ON TABLE material.material_suppliers IS 'Who can supply a material, and on which terms; one of them may be preferred.';
COMMENT ON COLUMN material.material_suppliers.unit IS 'That the supplier sells in: of minimum_quantity and unit_price.';
CREATE INDEX material_suppliers_supplier ON material.material_suppliers (organization_id, supplier_id);
CREATE UNIQUE INDEX material_suppliers_one_preferred ON material.material_suppliers (organization_id, material_id) WHERE preferred;

CREATE TABLE material.supplier_links (
  organization_id uuid NOT NULL,
  supplier_id uuid NOT NULL,
  supplies_to_id uuid NOT NULL,
  note text,
  PRIMARY KEY (organization_id, supplier_id, supplies_to_id),
  FOREIGN KEY (organization_id, supplier_id) REFERENCES material.suppliers,
  FOREIGN KEY (organization_id, supplies_to_id) REFERENCES material.suppliers,
  CHECK (supplier_id <> supplies_to_id)
);
COMMENT ON TABLE material.supplier_links IS 'Tiers of the supply chain: a supplier supplies another one of ours. Never in a circle.';
CREATE INDEX supplier_links_supplies_to ON material.supplier_links (organization_id, supplies_to_id);
CREATE TRIGGER no_cycle AFTER INSERT OR UPDATE OF supplier_id, supplies_to_id ON material.supplier_links
  FOR EACH ROW EXECUTE FUNCTION app.refuse_cycle('supplier_id', 'supplies_to_id');

CREATE TABLE material.rfqs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  number text NOT NULL CHECK (number ~ '^RFQ-'),
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'sent', 'received', 'approved', 'rejected', 'cancelled')),
  project_id uuid,
  requested_by uuid NOT NULL,
  required_on date,
  sent_at timestamptz,
  decided_at timestamptz,
  decided_by uuid,
  note text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  UNIQUE (organization_id, plant_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, requested_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, decided_by) REFERENCES identity.users,
  CHECK (decided_at >= sent_at),
  CHECK (status NOT IN ('sent', 'received', 'approved') OR sent_at IS NOT NULL),
  CHECK ((status IN ('approved', 'rejected')) = (decided_at IS NOT NULL)),
  CHECK ((decided_at IS NULL) = (decided_by IS NULL))
);
COMMENT ON TABLE material.rfqs IS 'Request for quotation: lines of what is needed, put to suppliers, who quote on them.';
COMMENT ON COLUMN material.rfqs.project_id IS 'The project that it is for, if it is for one.';
COMMENT ON COLUMN material.rfqs.required_on IS 'When the goods must be there.';
CREATE INDEX rfqs_status ON material.rfqs (organization_id, plant_id, status);
CREATE INDEX rfqs_project ON material.rfqs (organization_id, project_id) WHERE project_id IS NOT NULL;

CREATE TABLE material.rfq_lines (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  rfq_id uuid NOT NULL,
  position integer NOT NULL CHECK (position > 0),
  material_id uuid,
  description text CHECK (description <> ''),
  quantity numeric NOT NULL CHECK (quantity > 0),
  unit text NOT NULL CHECK (unit <> ''),
  required_on date,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, rfq_id, position),
  UNIQUE (organization_id, plant_id, rfq_id, id),
  FOREIGN KEY (organization_id, plant_id, rfq_id) REFERENCES material.rfqs (organization_id, plant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  CHECK (material_id IS NOT NULL OR description IS NOT NULL)
);
COMMENT ON TABLE material.rfq_lines IS 'What is asked for, an item a line.';
COMMENT ON COLUMN material.rfq_lines.material_id IS 'NULL: something that is not in the master data yet, described.';
COMMENT ON COLUMN material.rfq_lines.required_on IS 'NULL: as the request says.';
CREATE INDEX rfq_lines_material ON material.rfq_lines (organization_id, material_id);

CREATE TABLE material.rfq_quotes (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  rfq_id uuid NOT NULL,
  rfq_line_id uuid NOT NULL,
  supplier_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'asked' CHECK (status IN ('asked', 'received', 'declined', 'awarded', 'rejected')),
  unit_price numeric(15,4) CHECK (unit_price >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  minimum_quantity numeric CHECK (minimum_quantity >= 0),
  lead_time_days integer CHECK (lead_time_days >= 0),
  asked_at timestamptz,
  received_at timestamptz,
  valid_until_on date,
  note text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, rfq_line_id, supplier_id),
  FOREIGN KEY (organization_id, plant_id, rfq_id, rfq_line_id)
    REFERENCES material.rfq_lines (organization_id, plant_id, rfq_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, supplier_id) REFERENCES material.suppliers,
  CHECK (received_at >= asked_at),
  CHECK ((unit_price IS NULL) = (currency IS NULL)),
  CHECK (status NOT IN ('received', 'awarded') OR (unit_price IS NOT NULL AND received_at IS NOT NULL))
);
COMMENT ON TABLE material.rfq_quotes IS 'What a supplier was asked and answered on a line; at most one quote of a line is awarded.';
COMMENT ON COLUMN material.rfq_quotes.unit_price IS 'Of one unit of the line.';
CREATE INDEX rfq_quotes_supplier ON material.rfq_quotes (organization_id, supplier_id);
CREATE UNIQUE INDEX rfq_quotes_one_awarded ON material.rfq_quotes (organization_id, rfq_line_id) WHERE status = 'awarded';

CREATE TABLE material.inventory (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  location_id uuid,
  lot_id uuid,
  unit text NOT NULL,
  quantity_on_hand numeric NOT NULL DEFAULT 0,
  quantity_reserved numeric NOT NULL DEFAULT 0 CHECK (quantity_reserved >= 0),
  quantity_available numeric GENERATED ALWAYS AS (quantity_on_hand - quantity_reserved) STORED,
  last_moved_at timestamptz,
  last_counted_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, plant_id, material_id, location_id, lot_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id, unit) REFERENCES material.materials (organization_id, id, unit),
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations
);
COMMENT ON TABLE material.inventory IS 'What is in stock now, a row a material, place and lot: the sum of material.transactions, kept by their trigger and written by nothing else.';
COMMENT ON COLUMN material.inventory.location_id IS 'NULL: somewhere in the plant.';
COMMENT ON COLUMN material.inventory.lot_id IS 'NULL: not kept by lot.';
COMMENT ON COLUMN material.inventory.quantity_on_hand IS 'Below zero only where the material allows it.';
COMMENT ON COLUMN material.inventory.quantity_reserved IS 'Held for somebody by active reservations.';
COMMENT ON COLUMN material.inventory.quantity_available IS 'Below zero when a count found less than was reserved.';
CREATE INDEX inventory_available ON material.inventory (organization_id, material_id, plant_id) WHERE quantity_available > 0;
CREATE INDEX inventory_location ON material.inventory (organization_id, location_id) WHERE location_id IS NOT NULL;
CREATE INDEX inventory_lot ON material.inventory (organization_id, lot_id) WHERE lot_id IS NOT NULL;

CREATE TABLE material.reservations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  location_id uuid,
  lot_id uuid,
  quantity numeric NOT NULL CHECK (quantity > 0),
  quantity_consumed numeric NOT NULL DEFAULT 0,
  unit text NOT NULL,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'consumed', 'released', 'expired')),
  reference_kind text NOT NULL CHECK (reference_kind IN ('work_order', 'project', 'service_order', 'shipment', 'other')),
  reference_id uuid,
  needed_at timestamptz,
  expires_at timestamptz,
  note text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id, unit) REFERENCES material.materials (organization_id, id, unit),
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  CHECK (quantity_consumed BETWEEN 0 AND quantity),
  CHECK ((status = 'consumed') = (quantity_consumed = quantity)),
  CHECK (reference_kind = 'other' OR reference_id IS NOT NULL)
);
COMMENT ON TABLE material.reservations IS 'Stock that is held for a purpose; what of an active one is not consumed yet is in inventory.quantity_reserved.';
COMMENT ON COLUMN material.reservations.quantity_consumed IS 'Issued against it: transactions that name it.';
COMMENT ON COLUMN material.reservations.expires_at IS 'After which it may be set to expired; NULL: never.';
CREATE INDEX reservations_stock ON material.reservations (organization_id, material_id, plant_id) WHERE status = 'active';
CREATE INDEX reservations_reference ON material.reservations (organization_id, reference_kind, reference_id);
CREATE INDEX reservations_expiry ON material.reservations (organization_id, expires_at) WHERE status = 'active' AND expires_at IS NOT NULL;

CREATE TABLE material.expected_receipts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  supplier_id uuid,
  quantity numeric NOT NULL CHECK (quantity > 0),
  quantity_received numeric NOT NULL DEFAULT 0 CHECK (quantity_received >= 0),
  unit text NOT NULL,
  expected_at timestamptz NOT NULL,
  reference_number text CHECK (reference_number <> ''),
  closed_at timestamptz,
  note text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id, unit) REFERENCES material.materials (organization_id, id, unit),
  FOREIGN KEY (organization_id, supplier_id) REFERENCES material.suppliers
);
COMMENT ON TABLE material.expected_receipts IS 'Goods that somebody has promised to bring, and when: what planning counts on beside the stock. What did come is in transactions.';
COMMENT ON COLUMN material.expected_receipts.reference_number IS 'Purchase order or delivery note of the other side.';
COMMENT ON COLUMN material.expected_receipts.closed_at IS 'Nothing more comes of it: received, or called off.';
CREATE INDEX expected_receipts_open ON material.expected_receipts (organization_id, plant_id, material_id, expected_at) WHERE closed_at IS NULL;

CREATE TABLE material.transactions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  location_id uuid,
  lot_id uuid,
  kind text NOT NULL CHECK (kind IN ('receipt', 'issue', 'transfer', 'adjustment')),
  quantity numeric NOT NULL,
  unit text NOT NULL,
  unit_cost numeric(15,4) CHECK (unit_cost >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  transfer_id uuid,
  reservation_id uuid,
  supplier_id uuid,
  reference_kind text CHECK (reference_kind IN ('work_order', 'operation', 'project', 'purchase_order', 'rfq', 'service_order', 'shipment',
    'maintenance_order', 'scrap', 'return', 'stock_count', 'adjustment')),
  reference_id uuid,
  reference_number text CHECK (reference_number <> ''),
  note text,
  user_id uuid NOT NULL,
  station_code text,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id, unit) REFERENCES material.materials (organization_id, id, unit),
  FOREIGN KEY (organization_id, material_id, currency) REFERENCES material.materials (organization_id, id, currency),
  FOREIGN KEY (organization_id, location_id) REFERENCES org.locations,
  FOREIGN KEY (organization_id, reservation_id) REFERENCES material.reservations,
  FOREIGN KEY (organization_id, supplier_id) REFERENCES material.suppliers,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  CHECK (quantity <> 0 OR (kind = 'adjustment' AND reference_kind IS NOT DISTINCT FROM 'stock_count')),
  CHECK (kind <> 'receipt' OR quantity > 0),
  CHECK (kind <> 'issue' OR quantity < 0),
  CHECK ((kind = 'transfer') = (transfer_id IS NOT NULL)),
  CHECK (reservation_id IS NULL OR kind = 'issue'),
  CHECK (unit_cost IS NULL OR (currency IS NOT NULL AND quantity > 0 AND kind <> 'transfer')),
  CHECK (reference_id IS NULL OR reference_kind IS NOT NULL)
) PARTITION BY RANGE (at);
COMMENT ON TABLE material.transactions IS 'Every movement of stock; it is never rewritten: a wrong one is put right by another. Its trigger keeps inventory and costs in the same transaction, so a row counts once or not at all. Kept for three years. Between plants goods are issued to a shipment at one and received from it at the other.';
COMMENT ON COLUMN material.transactions.id IS 'Made by the sender: the same id is never counted twice, whatever its time.';
COMMENT ON COLUMN material.transactions.quantity IS 'Change of stock, in the material''s unit: in is above zero, out below. A count that found nothing amiss is an adjustment of 0.';
COMMENT ON COLUMN material.transactions.unit_cost IS 'What one unit of an incoming quantity cost; NULL: as the last one. What an outgoing one cost is in transaction_costs.';
COMMENT ON COLUMN material.transactions.transfer_id IS 'Its two halves, out of one place and into another of the plant, come in one statement.';
COMMENT ON COLUMN material.transactions.reservation_id IS 'The reservation that the issue consumes.';
COMMENT ON COLUMN material.transactions.reference_number IS 'The other side''s number where the thing is not ours: a purchase order, a delivery note.';
COMMENT ON COLUMN material.transactions.at IS 'When it happened; recorded_at is when the database learnt of it.';
CREATE INDEX transactions_at ON material.transactions USING brin (at);
CREATE INDEX transactions_material ON material.transactions (organization_id, material_id, at);
CREATE INDEX transactions_id ON material.transactions (organization_id, id);
CREATE INDEX transactions_lot ON material.transactions (organization_id, lot_id, at) WHERE lot_id IS NOT NULL;
CREATE INDEX transactions_reservation ON material.transactions (organization_id, reservation_id) WHERE reservation_id IS NOT NULL;
CREATE INDEX transactions_reference ON material.transactions (organization_id, reference_kind, reference_id) WHERE reference_id IS NOT NULL;

CREATE TABLE material.cost_layers (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  received_at timestamptz NOT NULL,
  quantity_remaining numeric NOT NULL CHECK (quantity_remaining >= 0),
  unit_cost numeric(15,4) CHECK (unit_cost >= 0),
  currency text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, material_id, currency) REFERENCES material.materials (organization_id, id, currency)
);
COMMENT ON TABLE material.cost_layers IS 'What the stock of a plant cost: a layer a receipt, eaten up by issues from the old end (fifo) or the new one (lifo); where the average counts, each receipt takes all before it in. What remains adds up to the stock on hand.';
COMMENT ON COLUMN material.cost_layers.transaction_id IS 'The receipt; no foreign key, because the layer outlives the transaction''s retention.';
COMMENT ON COLUMN material.cost_layers.unit_cost IS 'NULL: nobody said.';
CREATE INDEX cost_layers_open ON material.cost_layers (organization_id, plant_id, material_id, received_at, id) WHERE quantity_remaining > 0;
CREATE INDEX cost_layers_latest ON material.cost_layers (organization_id, plant_id, material_id, received_at DESC, id DESC);

CREATE TABLE material.transaction_costs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid NOT NULL,
  material_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  layer_id uuid,
  quantity numeric NOT NULL CHECK (quantity > 0),
  unit_cost numeric(15,4) CHECK (unit_cost >= 0),
  currency text,
  at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, at, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials
) PARTITION BY RANGE (at);
COMMENT ON TABLE material.transaction_costs IS 'What an outgoing transaction cost, a row a layer that it took from; kept as long as the transactions are.';
COMMENT ON COLUMN material.transaction_costs.layer_id IS 'NULL: taken before anything was received, at the last cost known.';
COMMENT ON COLUMN material.transaction_costs.at IS 'That of the transaction.';
CREATE INDEX transaction_costs_at ON material.transaction_costs USING brin (at);
CREATE INDEX transaction_costs_material ON material.transaction_costs (organization_id, material_id, at);
CREATE INDEX transaction_costs_transaction ON material.transaction_costs (organization_id, transaction_id);

-- Reserved stock, kept in step with its reservations. They and the postings lock the material first, so that two of them
-- never count with the same stock.
CREATE FUNCTION material.keep_reserved() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  item material.materials;
  available numeric;
  freed numeric := 0;
  wanted numeric := 0;
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status = 'active' THEN freed := OLD.quantity - OLD.quantity_consumed; END IF;
  IF TG_OP <> 'DELETE' AND NEW.status = 'active' THEN wanted := NEW.quantity - NEW.quantity_consumed; END IF;
  IF freed > 0 THEN
    PERFORM FROM material.materials m WHERE m.organization_id = OLD.organization_id AND m.id = OLD.material_id FOR NO KEY UPDATE;
    UPDATE material.inventory i SET quantity_reserved = i.quantity_reserved - freed
      WHERE i.organization_id = OLD.organization_id AND i.plant_id = OLD.plant_id AND i.material_id = OLD.material_id
        AND i.location_id IS NOT DISTINCT FROM OLD.location_id AND i.lot_id IS NOT DISTINCT FROM OLD.lot_id;
  END IF;
  IF wanted > 0 THEN
    SELECT * INTO item FROM material.materials m
      WHERE m.organization_id = NEW.organization_id AND m.id = NEW.material_id FOR NO KEY UPDATE;
    INSERT INTO material.inventory AS i (organization_id, plant_id, material_id, location_id, lot_id, unit, quantity_reserved)
      VALUES (NEW.organization_id, NEW.plant_id, NEW.material_id, NEW.location_id, NEW.lot_id, NEW.unit, wanted)
      ON CONFLICT (organization_id, plant_id, material_id, location_id, lot_id)
      DO UPDATE SET quantity_reserved = i.quantity_reserved + wanted
      RETURNING i.quantity_available INTO available;
    IF available < 0 AND wanted > freed AND NOT item.negative_stock_allowed THEN
      RAISE EXCEPTION 'refusal.stock-reserved' USING ERRCODE = 'LW001',
        DETAIL = jsonb_build_object('material', item.code, 'available', available + wanted, 'wanted', wanted, 'unit', NEW.unit);
    END IF;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_reserved AFTER INSERT OR UPDATE OR DELETE ON material.reservations
  FOR EACH ROW EXECUTE FUNCTION material.keep_reserved();

-- Where the average counts, the open layers become one: the newest, at what all of them cost in the mean.
CREATE FUNCTION material.merge_cost_layers(organization uuid, plant uuid, material uuid) RETURNS void
  LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
  WITH layers AS (
    SELECT l.id, row_number() OVER (ORDER BY l.received_at DESC, l.id DESC) = 1 AS newest,
      sum(l.quantity_remaining) OVER () AS quantity,
      sum(l.quantity_remaining * l.unit_cost) OVER ()
        / nullif(sum(l.quantity_remaining) FILTER (WHERE l.unit_cost IS NOT NULL) OVER (), 0) AS unit_cost,
      max(l.currency) OVER () AS currency
    FROM material.cost_layers l
    WHERE l.organization_id = $1 AND l.plant_id = $2 AND l.material_id = $3 AND l.quantity_remaining > 0)
  UPDATE material.cost_layers l
    SET quantity_remaining = CASE WHEN layers.newest THEN layers.quantity ELSE 0 END,
        unit_cost = CASE WHEN layers.newest THEN layers.unit_cost ELSE l.unit_cost END,
        currency = CASE WHEN layers.newest THEN layers.currency ELSE l.currency END
    FROM layers
    WHERE l.organization_id = $1 AND l.id = layers.id AND (SELECT count(*) FROM layers) > 1
$$;

-- What a movement costs. The layers of a plant are those of all its places and lots together; a transfer moves no cost.
-- ahead: how much of an incoming quantity was issued before it came, and is gone already.
CREATE FUNCTION material.post_cost(item material.materials, plant uuid, movement uuid, quantity numeric, given_cost numeric,
                                   moved_at timestamptz, ahead numeric) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  known_cost numeric;
  layer record;
  wanted numeric := -quantity;
  taken numeric;
BEGIN
  IF given_cost IS NULL THEN
    SELECT l.unit_cost INTO known_cost FROM material.cost_layers l
      WHERE l.organization_id = item.organization_id AND l.plant_id = plant AND l.material_id = item.id
        AND l.unit_cost IS NOT NULL
      ORDER BY l.received_at DESC, l.id DESC LIMIT 1;
    known_cost := coalesce(known_cost, item.standard_cost);
  END IF;

  IF quantity > 0 THEN
    INSERT INTO material.cost_layers (organization_id, plant_id, material_id, transaction_id, received_at, quantity_remaining,
        unit_cost, currency)
      VALUES (item.organization_id, plant, item.id, movement, moved_at,
        greatest(quantity - ahead, 0), coalesce(given_cost, known_cost), item.currency);
  END IF;
  IF item.costing_method = 'average' THEN
    PERFORM material.merge_cost_layers(item.organization_id, plant, item.id);
  END IF;

  WHILE wanted > 0 LOOP
    IF item.costing_method = 'lifo' THEN
      SELECT l.id, l.quantity_remaining, l.unit_cost INTO layer FROM material.cost_layers l
        WHERE l.organization_id = item.organization_id AND l.plant_id = plant AND l.material_id = item.id
          AND l.quantity_remaining > 0
        ORDER BY l.received_at DESC, l.id DESC LIMIT 1;
    ELSE
      SELECT l.id, l.quantity_remaining, l.unit_cost INTO layer FROM material.cost_layers l
        WHERE l.organization_id = item.organization_id AND l.plant_id = plant AND l.material_id = item.id
          AND l.quantity_remaining > 0
        ORDER BY l.received_at, l.id LIMIT 1;
    END IF;
    taken := least(wanted, coalesce(layer.quantity_remaining, wanted));
    UPDATE material.cost_layers l SET quantity_remaining = l.quantity_remaining - taken
      WHERE l.organization_id = item.organization_id AND l.id = layer.id;
    INSERT INTO material.transaction_costs (organization_id, plant_id, material_id, transaction_id, layer_id, quantity, unit_cost,
        currency, at)
      VALUES (item.organization_id, plant, item.id, movement, layer.id, taken,
        CASE WHEN item.costing_method = 'standard' THEN item.standard_cost
             WHEN layer.id IS NULL THEN known_cost ELSE layer.unit_cost END, item.currency, moved_at);
    wanted := wanted - taken;
  END LOOP;
END
$$;

-- Applies what a statement inserted, and only that: a row that ON CONFLICT passed over is not among them. A statement is
-- judged as a whole, so that what it brings in may go out in it.
CREATE FUNCTION material.post_transactions() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  wrong record;
  entry record;
  plant uuid;
  item material.materials;
  on_hand numeric;
BEGIN
  PERFORM FROM material.materials m
    WHERE (m.organization_id, m.id) IN (SELECT p.organization_id, p.material_id FROM posted p)
    ORDER BY m.organization_id, m.id FOR NO KEY UPDATE;

  -- The key holds the time, so it does not see the same id at another one. The lock above makes this certain.
  SELECT p.id INTO wrong FROM posted p
    WHERE EXISTS (SELECT FROM material.transactions t
      WHERE t.organization_id = p.organization_id AND t.id = p.id AND t.at <> p.at) LIMIT 1;
  IF wrong.id IS NOT NULL THEN
    RAISE EXCEPTION 'transaction % was posted before', wrong.id
      USING ERRCODE = 'unique_violation', SCHEMA = 'material', TABLE = 'transactions', CONSTRAINT = 'transactions_id';
  END IF;
  SELECT p.transfer_id AS id INTO wrong FROM posted p WHERE p.transfer_id IS NOT NULL GROUP BY p.organization_id, p.transfer_id
    HAVING sum(p.quantity) <> 0 OR count(DISTINCT (p.plant_id, p.material_id, p.lot_id)) > 1 LIMIT 1;
  IF wrong.id IS NOT NULL THEN
    RAISE EXCEPTION 'refusal.transfer-unbalanced' USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('transfer', wrong.id);
  END IF;

  -- What is issued against a reservation is free of it first.
  WITH consumed AS (
    UPDATE material.reservations r
      SET quantity_consumed = r.quantity_consumed + p.quantity,
          status = CASE WHEN r.quantity_consumed + p.quantity = r.quantity THEN 'consumed' ELSE r.status END
      FROM (SELECT p.organization_id, p.reservation_id, p.plant_id, p.material_id, p.location_id, p.lot_id, -sum(p.quantity) AS quantity
            FROM posted p WHERE p.reservation_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6) AS p
      WHERE r.organization_id = p.organization_id AND r.id = p.reservation_id AND r.status = 'active'
        AND r.plant_id = p.plant_id AND r.material_id = p.material_id
        AND r.location_id IS NOT DISTINCT FROM p.location_id AND r.lot_id IS NOT DISTINCT FROM p.lot_id
      RETURNING r.organization_id, r.id, r.plant_id, r.material_id, r.location_id, r.lot_id)
  SELECT p.reservation_id AS id, m.code INTO wrong FROM posted p
    JOIN material.materials m ON m.organization_id = p.organization_id AND m.id = p.material_id
    WHERE p.reservation_id IS NOT NULL AND NOT EXISTS (SELECT FROM consumed c
      WHERE c.organization_id = p.organization_id AND c.id = p.reservation_id AND c.plant_id = p.plant_id AND c.material_id = p.material_id
        AND c.location_id IS NOT DISTINCT FROM p.location_id AND c.lot_id IS NOT DISTINCT FROM p.lot_id) LIMIT 1;
  IF wrong.id IS NOT NULL THEN
    RAISE EXCEPTION 'refusal.reservation-not-there' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('reservation', wrong.id, 'material', wrong.code);
  END IF;

  -- A count may find less than was promised; nobody may take what is promised to another. What makes good a shortage is
  -- not refused because it does not make good all of it.
  WITH change AS (
    SELECT p.organization_id, p.plant_id, p.material_id, p.location_id, p.lot_id, p.unit, sum(p.quantity) AS quantity,
      coalesce(sum(p.quantity) FILTER (WHERE p.kind <> 'adjustment' AND p.reservation_id IS NULL), 0) AS free_quantity,
      max(p.at) AS moved_at, max(p.at) FILTER (WHERE p.reference_kind = 'stock_count') AS counted_at
    FROM posted p GROUP BY 1, 2, 3, 4, 5, 6
  ), stock AS (
    INSERT INTO material.inventory AS i (organization_id, plant_id, material_id, location_id, lot_id, unit, quantity_on_hand,
        last_moved_at, last_counted_at)
      SELECT c.organization_id, c.plant_id, c.material_id, c.location_id, c.lot_id, c.unit, c.quantity, c.moved_at, c.counted_at
      FROM change c
      ON CONFLICT (organization_id, plant_id, material_id, location_id, lot_id)
      DO UPDATE SET quantity_on_hand = i.quantity_on_hand + excluded.quantity_on_hand,
        last_moved_at = greatest(i.last_moved_at, excluded.last_moved_at),
        last_counted_at = greatest(i.last_counted_at, excluded.last_counted_at)
      RETURNING i.*
  )
  SELECT m.code, s.unit, c.quantity, c.free_quantity, s.quantity_on_hand, s.quantity_available INTO wrong
    FROM change c
    JOIN stock s ON s.organization_id = c.organization_id AND s.plant_id = c.plant_id AND s.material_id = c.material_id
      AND s.location_id IS NOT DISTINCT FROM c.location_id AND s.lot_id IS NOT DISTINCT FROM c.lot_id
    JOIN material.materials m ON m.organization_id = c.organization_id AND m.id = c.material_id
    WHERE NOT m.negative_stock_allowed
      AND ((c.quantity < 0 AND s.quantity_on_hand < 0) OR (c.free_quantity < 0 AND s.quantity_available < 0))
    ORDER BY s.quantity_on_hand LIMIT 1;
  IF wrong.quantity_on_hand < 0 THEN
    RAISE EXCEPTION 'refusal.stock-not-there' USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('material', wrong.code,
      'onHand', wrong.quantity_on_hand - wrong.quantity, 'wanted', -wrong.quantity, 'unit', wrong.unit);
  ELSIF wrong.quantity_available < 0 THEN
    RAISE EXCEPTION 'refusal.stock-reserved' USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('material', wrong.code,
      'available', wrong.quantity_available - wrong.free_quantity, 'wanted', -wrong.free_quantity, 'unit', wrong.unit);
  END IF;

  FOR entry IN
    SELECT p.organization_id, p.plant_id, p.material_id, p.id, p.quantity, p.unit_cost, p.at,
      sum(p.quantity) OVER (PARTITION BY p.organization_id, p.plant_id, p.material_id) AS change
    FROM posted p WHERE p.kind <> 'transfer' AND p.quantity <> 0
    ORDER BY p.organization_id, p.plant_id, p.material_id, p.quantity < 0, p.at, p.id
  LOOP
    IF (entry.plant_id, entry.material_id) IS DISTINCT FROM (plant, item.id) THEN
      plant := entry.plant_id;
      SELECT * INTO item FROM material.materials m WHERE m.organization_id = entry.organization_id AND m.id = entry.material_id;
      SELECT sum(i.quantity_on_hand) - entry.change INTO on_hand FROM material.inventory i
        WHERE i.organization_id = entry.organization_id AND i.plant_id = entry.plant_id AND i.material_id = entry.material_id;
    END IF;
    PERFORM material.post_cost(item, plant, entry.id, entry.quantity, entry.unit_cost, entry.at, greatest(-on_hand, 0));
    on_hand := on_hand + entry.quantity;
  END LOOP;
  RETURN NULL;
END
$$;
CREATE TRIGGER post AFTER INSERT ON material.transactions REFERENCING NEW TABLE AS posted
  FOR EACH STATEMENT EXECUTE FUNCTION material.post_transactions();

INSERT INTO app.table_rules (target, plant_column, write_permissions, append_only, delete_permissions, stamped, audited,
                             feed_subject, feed_id, time_column, partition_by, retention) VALUES
  ('material.categories', NULL, '{material:write}', false, '{material:write}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('material.materials', 'plant_id', '{material:write}', false, '{}', true, true, 'materials', 'id', NULL, NULL, NULL),
  ('material.material_versions', 'plant_id', '{}', false, '{}', false, false, NULL, NULL, NULL, NULL, NULL),
  ('material.compositions', NULL, '{material:write}', false, '{material:write}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('material.suppliers', NULL, '{material:write}', false, '{}', true, true, 'suppliers', 'id', NULL, NULL, NULL),
  ('material.material_suppliers', NULL, '{material:write}', false, '{material:write}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('material.supplier_links', NULL, '{material:write}', false, '{material:write}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('material.rfqs', 'plant_id', '{material:write}', false, '{}', true, true, 'rfqs', 'id', NULL, NULL, NULL),
  ('material.rfq_lines', 'plant_id', '{material:write}', false, '{material:write}', true, true, 'rfqs', 'rfq_id', NULL, NULL, NULL),
  ('material.rfq_quotes', 'plant_id', '{material:write}', false, '{}', true, true, 'rfqs', 'rfq_id', NULL, NULL, NULL),
  ('material.inventory', 'plant_id', '{}', false, '{}', true, false, 'inventory', 'material_id', NULL, NULL, NULL),
  ('material.reservations', 'plant_id', '{material:issue}', false, '{}', true, true, NULL, NULL, NULL, NULL, NULL),
  ('material.expected_receipts', 'plant_id', '{material:write,material:issue}', false, '{}', true, true, 'inventory', 'material_id', NULL, NULL, NULL),
  ('material.transactions', 'plant_id', '{material:issue}', true, '{}', false, true, NULL, NULL, 'at', 'month', '3 years'),
  ('material.cost_layers', 'plant_id', '{}', false, '{}', false, false, NULL, NULL, NULL, NULL, NULL),
  ('material.transaction_costs', 'plant_id', '{}', true, '{}', false, false, NULL, NULL, 'at', 'month', '3 years');

-- What things are made of, what is in stock, and whom it comes from.

CREATE TABLE material.materials (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('raw', 'ingredient', 'component', 'part', 'packaging', 'intermediate', 'assembly', 'product')),
  unit text NOT NULL CHECK (unit <> ''),
  serialised boolean NOT NULL DEFAULT false,
  allergens text[] NOT NULL DEFAULT '{}',
  shelf_life_days integer CHECK (shelf_life_days > 0),
  gtin text CHECK (gtin ~ '^[0-9]{14}$'),
  per_carton integer CHECK (per_carton > 0),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);

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
COMMENT ON TABLE material.compositions IS 'Bill of materials or recipe: quantity of the component in one unit of the parent.';

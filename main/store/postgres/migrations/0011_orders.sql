-- What customers ordered through which sales system and channel, how promising and how risky it is, and what became of it.

CREATE TABLE orders.sales_systems (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  code text NOT NULL CHECK (code ~ '^[A-Z0-9_-]{2,50}$'),
  name text NOT NULL CHECK (name <> ''),
  vendor text,
  description text,
  api_base_url text CHECK (api_base_url ~ '^https?://'),
  api_version text,
  authentication text CHECK (authentication IN ('none', 'api_key', 'basic', 'oauth2', 'mutual_tls')),
  supported_countries text[] NOT NULL DEFAULT '{}' CHECK (array_to_string(supported_countries, ',', '?') ~ '^([A-Z]{2}(,[A-Z]{2})*)?$'),
  configuration jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(configuration) = 'object'),
  field_mapping jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(field_mapping) = 'object'),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code)
);
COMMENT ON TABLE orders.sales_systems IS 'Systems that orders come from. Secrets to reach them are never here.';
COMMENT ON COLUMN orders.sales_systems.supported_countries IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN orders.sales_systems.field_mapping IS 'Their field names to ours.';

CREATE TABLE orders.business_unit_sales_systems (
  organization_id uuid NOT NULL,
  business_unit_id uuid NOT NULL,
  sales_system_id uuid NOT NULL,
  is_primary boolean NOT NULL DEFAULT false,
  priority integer NOT NULL DEFAULT 100 CHECK (priority > 0),
  configuration jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(configuration) = 'object'),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, business_unit_id, sales_system_id),
  FOREIGN KEY (organization_id, business_unit_id) REFERENCES org.business_units,
  FOREIGN KEY (organization_id, sales_system_id) REFERENCES orders.sales_systems,
  CHECK (active OR NOT is_primary)
);
COMMENT ON TABLE orders.business_unit_sales_systems IS 'Which business unit sells through which system; one of them is its primary one.';
COMMENT ON COLUMN orders.business_unit_sales_systems.priority IS 'The lowest number is asked first.';
CREATE INDEX business_unit_sales_systems_system ON orders.business_unit_sales_systems (organization_id, sales_system_id);
CREATE UNIQUE INDEX business_unit_sales_systems_one_primary ON orders.business_unit_sales_systems (organization_id, business_unit_id)
  WHERE is_primary;

CREATE TABLE orders.channel_rules (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  business_unit_id uuid NOT NULL,
  channel text NOT NULL CHECK (channel IN ('in_store', 'online', 'phone', 'partner', 'b2b', 'mobile_app')),
  sla_p1_s integer CHECK (sla_p1_s > 0),
  sla_p2_s integer CHECK (sla_p2_s > 0),
  markup_ratio numeric(7,4) CHECK (markup_ratio >= 0),
  discount_ratio numeric(5,4) CHECK (discount_ratio BETWEEN 0 AND 1),
  same_day_allowed boolean NOT NULL DEFAULT false,
  confirmation_required boolean NOT NULL DEFAULT true,
  auto_assign boolean NOT NULL DEFAULT false,
  sms_notifications boolean NOT NULL DEFAULT true,
  email_notifications boolean NOT NULL DEFAULT true,
  notification_language text CHECK (notification_language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
  rules jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(rules) = 'object'),
  active boolean NOT NULL DEFAULT true,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, business_unit_id, channel),
  FOREIGN KEY (organization_id, business_unit_id) REFERENCES org.business_units,
  CHECK (sla_p1_s <= sla_p2_s)
);
COMMENT ON TABLE orders.channel_rules IS 'How a business unit deals with the orders of a channel.';
COMMENT ON COLUMN orders.channel_rules.sla_p1_s IS 'Seconds in which an order of priority P1 is to be served; NULL: as everywhere. The same for P2.';
COMMENT ON COLUMN orders.channel_rules.markup_ratio IS '0.05 is 5 % on top of the price.';
COMMENT ON COLUMN orders.channel_rules.confirmation_required IS 'The customer confirms the date first.';
COMMENT ON COLUMN orders.channel_rules.notification_language IS 'BCP 47; NULL: that of the country.';
CREATE INDEX channel_rules_channel ON orders.channel_rules (organization_id, channel);

CREATE TABLE orders.pre_estimations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  sales_system_id uuid NOT NULL,
  external_id text NOT NULL CHECK (external_id <> ''),
  customer_id uuid NOT NULL,
  estimated_value numeric(15,2) NOT NULL CHECK (estimated_value >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  product_categories text[] NOT NULL CHECK (array_position(product_categories, NULL) IS NULL),
  estimated_at timestamptz NOT NULL,
  valid_until timestamptz,
  salesman_code text,
  salesman_notes text,
  confidence text CHECK (confidence IN ('low', 'medium', 'high')),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, sales_system_id, external_id),
  FOREIGN KEY (organization_id, sales_system_id) REFERENCES orders.sales_systems,
  CHECK (valid_until >= estimated_at)
);
COMMENT ON TABLE orders.pre_estimations IS 'What a salesman thought an order would be worth, as the sales system tells it.';
COMMENT ON COLUMN orders.pre_estimations.external_id IS 'Its id in the sales system.';
COMMENT ON COLUMN orders.pre_estimations.customer_id IS 'The customer in the sales systems; see integration.external_references.';
CREATE INDEX pre_estimations_customer ON orders.pre_estimations (organization_id, customer_id);
CREATE INDEX pre_estimations_value ON orders.pre_estimations (organization_id, estimated_value DESC);
CREATE INDEX pre_estimations_valid_until ON orders.pre_estimations (organization_id, valid_until) WHERE valid_until IS NOT NULL;

CREATE TABLE orders.service_orders (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid,
  country_code text NOT NULL REFERENCES org.countries,
  business_unit_id uuid NOT NULL,
  store_id uuid NOT NULL,
  sales_system_id uuid NOT NULL,
  channel text NOT NULL CHECK (channel IN ('in_store', 'online', 'phone', 'partner', 'b2b', 'mobile_app')),
  sales_order_id text NOT NULL CHECK (sales_order_id <> ''),
  sales_order_number text,
  sales_order_line_id text CHECK (sales_order_line_id <> ''),
  sales_order_metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(sales_order_metadata) = 'object'),
  external_system text CHECK (external_system <> ''),
  external_order_id text CHECK (external_order_id <> ''),
  external_project_id text CHECK (external_project_id <> ''),
  external_lead_id text CHECK (external_lead_id <> ''),
  project_id uuid,
  service_type text NOT NULL CHECK (service_type IN ('technical_visit', 'quotation', 'installation', 'maintenance', 'repair', 'production',
    'delivery', 'other')),
  material_id uuid,
  product_category text,
  product_sku text,
  product_name text,
  quantity numeric CHECK (quantity > 0),
  unit text CHECK (unit <> ''),
  customer_id uuid NOT NULL,
  customer_name text,
  customer_phone_cipher bytea CHECK (octet_length(customer_phone_cipher) BETWEEN 32 AND 2048),
  customer_phone_index bytea CHECK (octet_length(customer_phone_index) = 32),
  customer_email_cipher bytea CHECK (octet_length(customer_email_cipher) BETWEEN 32 AND 2048),
  customer_email_index bytea CHECK (octet_length(customer_email_index) = 32),
  service_address_cipher bytea NOT NULL CHECK (octet_length(service_address_cipher) BETWEEN 32 AND 4096),
  service_address_index bytea CHECK (octet_length(service_address_index) = 32),
  ordered_at timestamptz NOT NULL,
  requested_on date,
  scheduled_on date,
  completed_at timestamptz,
  estimated_duration_s integer CHECK (estimated_duration_s >= 0),
  assigned_to uuid,
  status text NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'confirmed', 'scheduled', 'in_progress', 'on_hold', 'completed',
    'closed', 'cancelled')),
  priority text CHECK (priority IN ('P1', 'P2')),
  order_value numeric(15,2) CHECK (order_value >= 0),
  service_fee numeric(15,2) CHECK (service_fee >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  pre_estimation_id uuid,
  salesman_notes text,
  sales_potential text NOT NULL DEFAULT 'low' CHECK (sales_potential IN ('low', 'medium', 'high')),
  sales_potential_score numeric(5,2) CHECK (sales_potential_score BETWEEN 0 AND 100),
  sales_potential_assessed_at timestamptz,
  risk_level text NOT NULL DEFAULT 'low' CHECK (risk_level IN ('low', 'medium', 'high', 'critical')),
  risk_score numeric(5,2) CHECK (risk_score BETWEEN 0 AND 100),
  risk_assessed_at timestamptz,
  risk_factors jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(risk_factors) = 'array'),
  risk_acknowledged_by uuid,
  risk_acknowledged_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE NULLS NOT DISTINCT (organization_id, sales_system_id, sales_order_id, sales_order_line_id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, business_unit_id) REFERENCES org.business_units,
  FOREIGN KEY (organization_id, store_id) REFERENCES org.stores,
  FOREIGN KEY (organization_id, sales_system_id) REFERENCES orders.sales_systems,
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  FOREIGN KEY (organization_id, assigned_to) REFERENCES identity.users,
  FOREIGN KEY (organization_id, pre_estimation_id) REFERENCES orders.pre_estimations,
  FOREIGN KEY (organization_id, risk_acknowledged_by) REFERENCES identity.users,
  CHECK (customer_phone_index IS NULL OR customer_phone_cipher IS NOT NULL),
  CHECK (customer_email_index IS NULL OR customer_email_cipher IS NOT NULL),
  CHECK (completed_at >= ordered_at),
  CHECK (status NOT IN ('completed', 'closed') OR completed_at IS NOT NULL),
  CHECK (status <> 'scheduled' OR scheduled_on IS NOT NULL),
  CHECK ((order_value IS NULL AND service_fee IS NULL) OR currency IS NOT NULL),
  CHECK ((quantity IS NULL) = (unit IS NULL)),
  CHECK ((external_order_id IS NULL AND external_project_id IS NULL AND external_lead_id IS NULL) OR external_system IS NOT NULL),
  CHECK ((risk_acknowledged_by IS NULL) = (risk_acknowledged_at IS NULL))
);
COMMENT ON TABLE orders.service_orders IS 'An order line of a customer, as a sales system gave it to us; it becomes work orders, or a visit. The value of a pre-estimation stands with that alone. A sales order without lines is there once too: the key holds NULL for one value.';
COMMENT ON COLUMN orders.service_orders.plant_id IS 'The plant that serves it; NULL: not given to one yet, the whole organization sees it.';
COMMENT ON COLUMN orders.service_orders.sales_order_id IS 'Id in the sales system that sent it; sales_order_line_id where an order has several services.';
COMMENT ON COLUMN orders.service_orders.external_system IS 'Where it was before that, if elsewhere: the order, the project (group of orders) and the lead have their ids there.';
COMMENT ON COLUMN orders.service_orders.customer_id IS 'The customer in the sales systems; see integration.external_references.';
COMMENT ON COLUMN orders.service_orders.customer_phone_cipher IS 'Phone, e-mail and address are encrypted by the application with a key that is not in the database.';
COMMENT ON COLUMN orders.service_orders.customer_phone_index IS 'Blind index: keyed hash of the normalised value, for exact search. The same for the others.';
COMMENT ON COLUMN orders.service_orders.priority IS 'Service level: P1 before P2; orders.channel_rules says in what time. NULL: none promised.';
COMMENT ON COLUMN orders.service_orders.sales_potential IS 'From the latest of potential_assessments, kept by its trigger; means something for technical visits and quotations only.';
COMMENT ON COLUMN orders.service_orders.sales_potential_score IS '0 to 100.';
COMMENT ON COLUMN orders.service_orders.risk_level IS 'From the latest of risk_assessments, kept by its trigger; another level takes the acknowledgement away.';
COMMENT ON COLUMN orders.service_orders.risk_score IS '0 to 100.';
CREATE INDEX service_orders_unit ON orders.service_orders (organization_id, country_code, business_unit_id, store_id);
CREATE INDEX service_orders_business_unit ON orders.service_orders (organization_id, business_unit_id);
CREATE INDEX service_orders_store ON orders.service_orders (organization_id, store_id);
CREATE INDEX service_orders_channel ON orders.service_orders (organization_id, sales_system_id, channel);
CREATE INDEX service_orders_sales_order ON orders.service_orders (organization_id, sales_order_id);
CREATE INDEX service_orders_status ON orders.service_orders (organization_id, status);
CREATE INDEX service_orders_ordered ON orders.service_orders (organization_id, ordered_at);
CREATE INDEX service_orders_scheduled ON orders.service_orders (organization_id, scheduled_on) WHERE scheduled_on IS NOT NULL;
CREATE INDEX service_orders_plant ON orders.service_orders (organization_id, plant_id);
CREATE INDEX service_orders_project ON orders.service_orders (organization_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX service_orders_material ON orders.service_orders (organization_id, material_id) WHERE material_id IS NOT NULL;
CREATE INDEX service_orders_customer ON orders.service_orders (organization_id, customer_id);
CREATE INDEX service_orders_phone ON orders.service_orders (organization_id, customer_phone_index) WHERE customer_phone_index IS NOT NULL;
CREATE INDEX service_orders_email ON orders.service_orders (organization_id, customer_email_index) WHERE customer_email_index IS NOT NULL;
CREATE INDEX service_orders_address ON orders.service_orders (organization_id, service_address_index) WHERE service_address_index IS NOT NULL;
CREATE INDEX service_orders_assigned ON orders.service_orders (organization_id, assigned_to) WHERE assigned_to IS NOT NULL;
CREATE INDEX service_orders_external_order ON orders.service_orders (organization_id, external_system, external_order_id)
  WHERE external_order_id IS NOT NULL;
CREATE INDEX service_orders_external_project ON orders.service_orders (organization_id, external_system, external_project_id)
  WHERE external_project_id IS NOT NULL;
CREATE INDEX service_orders_external_lead ON orders.service_orders (organization_id, external_system, external_lead_id)
  WHERE external_lead_id IS NOT NULL;
CREATE INDEX service_orders_potential ON orders.service_orders (organization_id, sales_potential)
  WHERE service_type IN ('technical_visit', 'quotation');
CREATE INDEX service_orders_pre_estimation ON orders.service_orders (organization_id, pre_estimation_id) WHERE pre_estimation_id IS NOT NULL;
CREATE INDEX service_orders_risk ON orders.service_orders (organization_id, risk_level) WHERE risk_level IN ('high', 'critical');
CREATE INDEX service_orders_risk_assessed ON orders.service_orders (organization_id, risk_assessed_at);
CREATE INDEX service_orders_dashboard ON orders.service_orders (organization_id, risk_level, sales_potential, status, scheduled_on)
  WHERE service_type IN ('technical_visit', 'quotation', 'installation');

CREATE TABLE orders.service_order_work_orders (
  organization_id uuid NOT NULL,
  service_order_id uuid NOT NULL,
  work_order_id uuid NOT NULL,
  plant_id uuid,
  PRIMARY KEY (organization_id, service_order_id, work_order_id),
  FOREIGN KEY (organization_id, service_order_id) REFERENCES orders.service_orders ON DELETE CASCADE,
  FOREIGN KEY (organization_id, work_order_id) REFERENCES production.work_orders,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE orders.service_order_work_orders IS 'What an order is made by: several work orders, or one that serves several orders.';
CREATE INDEX service_order_work_orders_work_order ON orders.service_order_work_orders (organization_id, work_order_id);

CREATE TABLE orders.integration_events (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  sales_system_id uuid NOT NULL,
  external_id text CHECK (external_id <> ''),
  kind text NOT NULL CHECK (kind IN ('order_received', 'order_updated', 'order_cancelled', 'sync_error')),
  sales_order_id text,
  service_order_id uuid,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'success', 'failure', 'retry')),
  payload jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
  payload_cipher bytea CHECK (octet_length(payload_cipher) >= 32),
  error text,
  retry_count integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  processed_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, sales_system_id, external_id),
  FOREIGN KEY (organization_id, sales_system_id) REFERENCES orders.sales_systems,
  FOREIGN KEY (organization_id, service_order_id) REFERENCES orders.service_orders,
  CHECK (external_id IS NOT NULL OR kind = 'sync_error'),
  CHECK (processed_at >= received_at),
  CHECK (status <> 'success' OR processed_at IS NOT NULL),
  CHECK (status NOT IN ('failure', 'retry') OR error IS NOT NULL)
);
COMMENT ON TABLE orders.integration_events IS 'What a sales system told us. Told twice, it is here once: their id of the event is a key, which is why the table is not partitioned.';
COMMENT ON COLUMN orders.integration_events.external_id IS 'Their id of the event; NULL only for an error that we found ourselves.';
COMMENT ON COLUMN orders.integration_events.payload IS 'As received, without what is personal.';
COMMENT ON COLUMN orders.integration_events.payload_cipher IS 'As received, whole; encrypted by the application with a key that is not in the database.';
CREATE INDEX integration_events_waiting ON orders.integration_events (organization_id, status, received_at) WHERE status IN ('pending', 'retry', 'failure');
CREATE INDEX integration_events_kind ON orders.integration_events (organization_id, kind, received_at);
CREATE INDEX integration_events_received ON orders.integration_events (organization_id, received_at);
CREATE INDEX integration_events_sales_order ON orders.integration_events (organization_id, sales_order_id) WHERE sales_order_id IS NOT NULL;
CREATE INDEX integration_events_service_order ON orders.integration_events (organization_id, service_order_id) WHERE service_order_id IS NOT NULL;

CREATE TABLE orders.potential_assessments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid,
  service_order_id uuid NOT NULL,
  assessed_at timestamptz NOT NULL DEFAULT now(),
  level text NOT NULL CHECK (level IN ('low', 'medium', 'high')),
  score numeric(5,2) NOT NULL CHECK (score BETWEEN 0 AND 100),
  model_version text NOT NULL CHECK (model_version <> ''),
  input_features jsonb NOT NULL CHECK (jsonb_typeof(input_features) = 'object'),
  contributing_factors jsonb NOT NULL CHECK (jsonb_typeof(contributing_factors) IN ('object', 'array')),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, service_order_id) REFERENCES orders.service_orders ON DELETE CASCADE
);
COMMENT ON TABLE orders.potential_assessments IS 'How much more a customer may buy, as a model judged it; the latest stands on the order.';
CREATE INDEX potential_assessments_order ON orders.potential_assessments (organization_id, service_order_id, assessed_at DESC);
CREATE INDEX potential_assessments_level ON orders.potential_assessments (organization_id, level, assessed_at);
CREATE INDEX potential_assessments_at ON orders.potential_assessments (organization_id, assessed_at DESC);

CREATE TABLE orders.risk_assessments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  plant_id uuid,
  service_order_id uuid NOT NULL,
  assessed_at timestamptz NOT NULL DEFAULT now(),
  level text NOT NULL CHECK (level IN ('low', 'medium', 'high', 'critical')),
  score numeric(5,2) NOT NULL CHECK (score BETWEEN 0 AND 100),
  model_version text NOT NULL CHECK (model_version <> ''),
  input_features jsonb NOT NULL CHECK (jsonb_typeof(input_features) = 'object'),
  risk_factors jsonb NOT NULL CHECK (jsonb_typeof(risk_factors) = 'array'),
  triggered_by text NOT NULL CHECK (triggered_by ~ '^(batch_job|manual|event_[a-z_]+)$'),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, service_order_id) REFERENCES orders.service_orders ON DELETE CASCADE
);
COMMENT ON TABLE orders.risk_assessments IS 'What may go wrong with an order, as a model judged it; the latest stands on the order.';
COMMENT ON COLUMN orders.risk_assessments.triggered_by IS 'The daily batch, a person, or an event: event_claim_filed, event_reschedule, ...';
CREATE INDEX risk_assessments_order ON orders.risk_assessments (organization_id, service_order_id, assessed_at DESC);
CREATE INDEX risk_assessments_level ON orders.risk_assessments (organization_id, level, assessed_at);
CREATE INDEX risk_assessments_at ON orders.risk_assessments (organization_id, assessed_at DESC);
CREATE INDEX risk_assessments_triggered_by ON orders.risk_assessments (organization_id, triggered_by);

-- The order shows its latest assessment. One that comes in late, after a newer one, is history at once.
CREATE FUNCTION orders.keep_potential() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE orders.service_orders o
    SET sales_potential = NEW.level, sales_potential_score = NEW.score, sales_potential_assessed_at = NEW.assessed_at
    WHERE o.organization_id = NEW.organization_id AND o.id = NEW.service_order_id
      AND (o.sales_potential_assessed_at IS NULL OR o.sales_potential_assessed_at <= NEW.assessed_at);
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_potential AFTER INSERT ON orders.potential_assessments
  FOR EACH ROW EXECUTE FUNCTION orders.keep_potential();

CREATE FUNCTION orders.keep_risk() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE orders.service_orders o
    SET risk_level = NEW.level, risk_score = NEW.score, risk_assessed_at = NEW.assessed_at, risk_factors = NEW.risk_factors,
        risk_acknowledged_by = CASE WHEN o.risk_level = NEW.level THEN o.risk_acknowledged_by END,
        risk_acknowledged_at = CASE WHEN o.risk_level = NEW.level THEN o.risk_acknowledged_at END
    WHERE o.organization_id = NEW.organization_id AND o.id = NEW.service_order_id
      AND (o.risk_assessed_at IS NULL OR o.risk_assessed_at <= NEW.assessed_at);
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_risk AFTER INSERT ON orders.risk_assessments
  FOR EACH ROW EXECUTE FUNCTION orders.keep_risk();

-- What belongs to an order stands in its plant.
DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['service_order_work_orders', 'potential_assessments', 'risk_assessments'] LOOP
    EXECUTE format('CREATE TRIGGER plant BEFORE INSERT OR UPDATE ON orders.%I
      FOR EACH ROW EXECUTE FUNCTION app.take_plant(''orders.service_orders'', ''service_order_id'')', part);
  END LOOP;
END
$$;
CREATE TRIGGER pass_plant_on AFTER UPDATE OF plant_id ON orders.service_orders FOR EACH ROW
  WHEN (OLD.plant_id IS DISTINCT FROM NEW.plant_id)
  EXECUTE FUNCTION app.pass_plant_on('service_order_id', 'orders.service_order_work_orders', 'orders.potential_assessments',
    'orders.risk_assessments');

INSERT INTO app.table_rules (target, plant_column, plant_optional, write_permissions, append_only, delete_permissions, stamped, audited,
                             feed_subject, feed_id) VALUES
  ('orders.sales_systems', NULL, false, '{order:write,integration:write}', false, '{}', true, true, NULL, NULL),
  ('orders.business_unit_sales_systems', NULL, false, '{order:write,integration:write}', false, '{order:write}', true, true, NULL, NULL),
  ('orders.channel_rules', NULL, false, '{order:write}', false, '{}', true, true, NULL, NULL),
  ('orders.pre_estimations', NULL, false, '{order:write,integration:write}', false, '{}', true, true, NULL, NULL),
  ('orders.service_orders', 'plant_id', true, '{order:write,integration:write}', false, '{}', true, true, 'service-orders', 'id'),
  ('orders.service_order_work_orders', 'plant_id', true, '{order:write}', false, '{order:write}', true, true, 'service-orders', 'service_order_id'),
  ('orders.integration_events', NULL, false, '{integration:write}', false, '{}', true, false, NULL, NULL),
  ('orders.potential_assessments', 'plant_id', true, '{order:write,planning:write}', true, '{}', false, false, NULL, NULL),
  ('orders.risk_assessments', 'plant_id', true, '{order:write,planning:write}', true, '{}', false, false, NULL, NULL);

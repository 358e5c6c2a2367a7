-- Customer projects: what they need, when it is due, what was drawn and agreed, and who does it.

-- A part of a thing belongs to the plant of that thing, whatever the client says. TG_ARGV: the table of the whole, and the
-- column that names it.
CREATE FUNCTION app.take_plant() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE format('SELECT w.plant_id FROM %s w WHERE w.organization_id = $1 AND w.id = $2', TG_ARGV[0]::regclass)
    INTO NEW.plant_id USING NEW.organization_id, (to_jsonb(NEW) ->> TG_ARGV[1])::uuid;
  RETURN NEW;
END
$$;

-- And moves with it. TG_ARGV: the column, then the tables of the parts.
CREATE FUNCTION app.pass_plant_on() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  FOR argument IN 1 .. TG_NARGS - 1 LOOP
    EXECUTE format('UPDATE %s SET plant_id = $1 WHERE organization_id = $2 AND %I = $3', TG_ARGV[argument]::regclass, TG_ARGV[0])
      USING NEW.plant_id, NEW.organization_id, NEW.id;
  END LOOP;
  RETURN NULL;
END
$$;

CREATE TABLE project.projects (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  plant_id uuid,
  number text NOT NULL CHECK (number <> ''),
  name text NOT NULL CHECK (name <> ''),
  description text,
  status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'on_hold', 'completed', 'cancelled', 'archived')),
  priority integer NOT NULL DEFAULT 50 CHECK (priority BETWEEN 1 AND 100),
  visibility text NOT NULL DEFAULT 'organization' CHECK (visibility IN ('private', 'organization')),
  customer_id uuid,
  customer_code text CHECK (customer_code <> ''),
  customer_name text,
  erp_sales_order text CHECK (erp_sales_order <> ''),
  country_code text REFERENCES org.countries,
  business_unit_id uuid,
  manager_id uuid,
  owner_id uuid,
  assignment_mode text CHECK (assignment_mode IN ('auto', 'manual')),
  assigned_at timestamptz,
  assigned_by uuid,
  assignment_reason text CHECK (length(assignment_reason) <= 255),
  starts_on date,
  planned_end_on date,
  ended_on date,
  budget numeric(15,2) CHECK (budget >= 0),
  actual_cost numeric(15,2) CHECK (actual_cost >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  deleted_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, number),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, business_unit_id) REFERENCES org.business_units,
  FOREIGN KEY (organization_id, manager_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, owner_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, assigned_by) REFERENCES identity.users,
  CHECK (planned_end_on >= starts_on),
  CHECK (ended_on >= starts_on),
  CHECK (status <> 'completed' OR ended_on IS NOT NULL),
  CHECK (owner_id IS NULL OR (assignment_mode IS NOT NULL AND assigned_at IS NOT NULL)),
  CHECK ((budget IS NULL AND actual_cost IS NULL) OR currency IS NOT NULL)
);
COMMENT ON TABLE project.projects IS 'One entity for manufacturing, service and team projects. The number stands for the slug of a URL too. Nothing is public beyond the organization: that is what data rooms are for.';
COMMENT ON COLUMN project.projects.plant_id IS 'The plant that leads; NULL: a matter of the whole organization.';
COMMENT ON COLUMN project.projects.priority IS '1 lowest to 100 highest; as words low 25, medium (normal) 50, high 75, urgent 100.';
COMMENT ON COLUMN project.projects.visibility IS 'private: members, the owner, the manager and administrators only.';
COMMENT ON COLUMN project.projects.customer_id IS 'The customer in the sales systems; see integration.external_references.';
COMMENT ON COLUMN project.projects.erp_sales_order IS 'Number of the sales order in the ERP system.';
COMMENT ON COLUMN project.projects.owner_id IS 'The operator who answers for it; earlier ones are in ownership_history.';
COMMENT ON COLUMN project.projects.assigned_by IS 'NULL: assigned by the system.';
COMMENT ON COLUMN project.projects.assignment_reason IS 'Why the present owner; goes into the history.';
COMMENT ON COLUMN project.projects.deleted_at IS 'In the bin since; NULL: alive.';
CREATE INDEX projects_status ON project.projects (organization_id, status) WHERE deleted_at IS NULL;
CREATE INDEX projects_plant ON project.projects (organization_id, plant_id);
CREATE INDEX projects_manager ON project.projects (organization_id, manager_id) WHERE manager_id IS NOT NULL;
CREATE INDEX projects_owner ON project.projects (organization_id, owner_id, assignment_mode) WHERE owner_id IS NOT NULL;
CREATE INDEX projects_customer ON project.projects (organization_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX projects_business_unit ON project.projects (organization_id, country_code, business_unit_id) WHERE business_unit_id IS NOT NULL;
CREATE INDEX projects_erp_sales_order ON project.projects (organization_id, erp_sales_order) WHERE erp_sales_order IS NOT NULL;
CREATE INDEX projects_dates ON project.projects (organization_id, starts_on, planned_end_on);
CREATE INDEX projects_private ON project.projects (organization_id) WHERE visibility = 'private';

CREATE TABLE project.members (
  organization_id uuid NOT NULL,
  project_id uuid NOT NULL,
  user_id uuid NOT NULL,
  plant_id uuid,
  role text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  PRIMARY KEY (organization_id, project_id, user_id),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE project.members IS 'Who works on a project; a private one is seen by nobody else.';
CREATE INDEX members_user ON project.members (organization_id, user_id);

-- Private projects that the person signed in is no part of. An array, so that a policy is one leakproof comparison.
CREATE FUNCTION project.closed_to_me() RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(array_agg(p.id), '{}')
  FROM identity.current_context() c
  JOIN project.projects p ON p.organization_id = c.organization_id AND p.visibility = 'private'
    AND p.owner_id IS DISTINCT FROM c.user_id AND p.manager_id IS DISTINCT FROM c.user_id
  WHERE NOT EXISTS (SELECT FROM project.members m
      WHERE m.organization_id = c.organization_id AND m.project_id = p.id AND m.user_id = c.user_id)
    AND NOT (SELECT identity.can('admin:read'))
$$;
COMMENT ON FUNCTION project.closed_to_me() IS 'Ids of the private projects that the caller may not see.';
GRANT EXECUTE ON FUNCTION project.closed_to_me() TO lanewright_app, lanewright_report;

CREATE TABLE project.ownership_history (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  project_id uuid NOT NULL,
  plant_id uuid,
  previous_owner_id uuid,
  new_owner_id uuid,
  mode text CHECK (mode IN ('auto', 'manual')),
  changed_by uuid,
  reason text CHECK (length(reason) <= 255),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, previous_owner_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, new_owner_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, changed_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (previous_owner_id IS DISTINCT FROM new_owner_id)
);
COMMENT ON TABLE project.ownership_history IS 'Who answered for a project until when, kept by a trigger on projects.owner_id.';
COMMENT ON COLUMN project.ownership_history.changed_by IS 'NULL: the system.';
CREATE INDEX ownership_history_project ON project.ownership_history (organization_id, project_id, changed_at DESC);
CREATE INDEX ownership_history_owner ON project.ownership_history (organization_id, new_owner_id, changed_at DESC);

CREATE FUNCTION project.keep_ownership() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  INSERT INTO project.ownership_history (organization_id, project_id, previous_owner_id, new_owner_id, mode, changed_by, reason)
    VALUES (NEW.organization_id, NEW.id, CASE TG_OP WHEN 'UPDATE' THEN OLD.owner_id END, NEW.owner_id, NEW.assignment_mode,
      CASE WHEN NEW.assignment_mode = 'auto' THEN NULL ELSE coalesce(identity.current_user_id(), NEW.assigned_by) END,
      NEW.assignment_reason);
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_first_owner AFTER INSERT ON project.projects FOR EACH ROW
  WHEN (NEW.owner_id IS NOT NULL) EXECUTE FUNCTION project.keep_ownership();
CREATE TRIGGER keep_owner AFTER UPDATE ON project.projects FOR EACH ROW
  WHEN (OLD.owner_id IS DISTINCT FROM NEW.owner_id) EXECUTE FUNCTION project.keep_ownership();

CREATE TABLE project.bom_items (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  position integer NOT NULL DEFAULT 0,
  material_id uuid NOT NULL,
  quantity_required numeric NOT NULL CHECK (quantity_required > 0),
  quantity_issued numeric NOT NULL DEFAULT 0 CHECK (quantity_issued >= 0),
  quantity_consumed numeric NOT NULL DEFAULT 0 CHECK (quantity_consumed >= 0),
  unit text NOT NULL CHECK (unit <> ''),
  unit_cost numeric(15,4) CHECK (unit_cost >= 0),
  currency text CHECK (currency ~ '^[A-Z]{3}$'),
  note text,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, material_id) REFERENCES material.materials,
  CHECK (quantity_consumed <= quantity_issued),
  CHECK ((unit_cost IS NULL) = (currency IS NULL))
);
COMMENT ON TABLE project.bom_items IS 'What a project needs, what was given out for it, and what of that was used up.';
COMMENT ON COLUMN project.bom_items.quantity_issued IS 'May pass what was required: more was needed than thought.';
CREATE INDEX bom_items_project ON project.bom_items (organization_id, project_id, position);
CREATE INDEX bom_items_material ON project.bom_items (organization_id, material_id);

CREATE TABLE project.documents (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  kind text NOT NULL CHECK (kind IN ('drawing', 'specification', 'contract', 'other')),
  name text NOT NULL CHECK (name <> ''),
  revision integer NOT NULL DEFAULT 1 CHECK (revision > 0),
  file_id uuid NOT NULL,
  uploaded_by uuid NOT NULL,
  uploaded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, project_id, id),
  UNIQUE (organization_id, project_id, name, revision),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, file_id) REFERENCES app.files,
  FOREIGN KEY (organization_id, uploaded_by) REFERENCES identity.users
);
COMMENT ON TABLE project.documents IS 'A revision a row; path, size and type are those of the file, which is kept by its content (app.files).';
CREATE INDEX documents_kind ON project.documents (organization_id, project_id, kind);
CREATE INDEX documents_file ON project.documents (organization_id, file_id);

CREATE TABLE project.drawings (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  number text NOT NULL CHECK (number <> ''),
  name text NOT NULL CHECK (name <> ''),
  revision text NOT NULL DEFAULT '-' CHECK (revision <> ''),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'in_review', 'approved', 'rejected')),
  document_id uuid,
  submitted_by uuid,
  submitted_at timestamptz,
  reviewed_by uuid,
  reviewed_at timestamptz,
  note text,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, project_id, number, revision),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, project_id, document_id) REFERENCES project.documents (organization_id, project_id, id),
  FOREIGN KEY (organization_id, submitted_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, reviewed_by) REFERENCES identity.users,
  CHECK (reviewed_at >= submitted_at),
  CHECK ((submitted_by IS NULL) = (submitted_at IS NULL)),
  CHECK ((reviewed_by IS NULL) = (reviewed_at IS NULL)),
  CHECK (status = 'pending' OR submitted_at IS NOT NULL),
  CHECK ((status IN ('approved', 'rejected')) = (reviewed_at IS NOT NULL))
);
COMMENT ON TABLE project.drawings IS 'Request for design approval: a drawing and revision that is submitted, reviewed, and approved or not.';
COMMENT ON COLUMN project.drawings.revision IS '- for one without; never NULL, or a number could be there twice.';
CREATE INDEX drawings_status ON project.drawings (organization_id, status);
CREATE INDEX drawings_number ON project.drawings (organization_id, number);
CREATE INDEX drawings_document ON project.drawings (organization_id, document_id) WHERE document_id IS NOT NULL;

CREATE TABLE project.milestones (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  name text NOT NULL CHECK (name <> ''),
  description text,
  planned_on date NOT NULL,
  actual_on date,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'in_progress', 'completed', 'delayed')),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK ((status = 'completed') = (actual_on IS NOT NULL))
);
COMMENT ON TABLE project.milestones IS 'Days by which something of a project is to be reached, and was.';
CREATE INDEX milestones_project ON project.milestones (organization_id, project_id, planned_on);
CREATE INDEX milestones_due ON project.milestones (organization_id, planned_on) WHERE actual_on IS NULL;

CREATE TABLE project.delivery_predictions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuidv7(),
  project_id uuid NOT NULL,
  plant_id uuid,
  predicted_on date NOT NULL,
  confidence text CHECK (confidence IN ('low', 'medium', 'high')),
  factors jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(factors) = 'array'),
  schedule_version_id uuid,
  calculated_at timestamptz NOT NULL DEFAULT now(),
  calculated_by text NOT NULL DEFAULT 'system' CHECK (calculated_by <> ''),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, schedule_version_id) REFERENCES production.schedule_versions
);
COMMENT ON TABLE project.delivery_predictions IS 'When a project will be delivered, as it was thought at a time; the latest counts.';
COMMENT ON COLUMN project.delivery_predictions.factors IS 'What moved the day, a list of objects, the strongest first.';
COMMENT ON COLUMN project.delivery_predictions.schedule_version_id IS 'The published schedule that it was computed from.';
COMMENT ON COLUMN project.delivery_predictions.calculated_by IS 'system, or the name of the method.';
CREATE INDEX delivery_predictions_project ON project.delivery_predictions (organization_id, project_id, calculated_at DESC);
CREATE INDEX delivery_predictions_date ON project.delivery_predictions (organization_id, predicted_on);

CREATE TABLE project.tasks (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  parent_id uuid,
  title text NOT NULL CHECK (title <> '' AND length(title) <= 500),
  description text,
  status text NOT NULL DEFAULT 'todo' CHECK (status IN ('todo', 'in_progress', 'review', 'done', 'blocked', 'cancelled')),
  priority integer NOT NULL DEFAULT 50 CHECK (priority BETWEEN 1 AND 100),
  assignee_id uuid,
  reporter_id uuid,
  due_at timestamptz,
  estimated_s integer CHECK (estimated_s >= 0),
  actual_s integer CHECK (actual_s >= 0),
  tags text[] NOT NULL DEFAULT '{}' CHECK (array_position(tags, NULL) IS NULL),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  position integer NOT NULL DEFAULT 0,
  completed_at timestamptz,
  deleted_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, project_id, id),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  FOREIGN KEY (organization_id, project_id, parent_id) REFERENCES project.tasks (organization_id, project_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, assignee_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, reporter_id) REFERENCES identity.users,
  CHECK ((status = 'done') = (completed_at IS NOT NULL))
);
COMMENT ON TABLE project.tasks IS 'What is to be done in a project, in steps of steps. Not partitioned by time: tasks are changed and referred to for as long as the project lives. Tags and text are searched through app.search: under row-level security an index on them would not be used.';
COMMENT ON COLUMN project.tasks.priority IS '1 lowest to 100 highest; as words low 25, medium (normal) 50, high 75, urgent 100.';
COMMENT ON COLUMN project.tasks.estimated_s IS 'Seconds of work; actual_s likewise.';
COMMENT ON COLUMN project.tasks.deleted_at IS 'In the bin since; NULL: alive.';
CREATE INDEX tasks_project ON project.tasks (organization_id, project_id, status, priority DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_assignee ON project.tasks (organization_id, assignee_id, status) WHERE deleted_at IS NULL;
CREATE INDEX tasks_reporter ON project.tasks (organization_id, reporter_id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_due ON project.tasks (organization_id, due_at) WHERE deleted_at IS NULL AND completed_at IS NULL;
CREATE INDEX tasks_parent ON project.tasks (organization_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE TRIGGER no_cycle AFTER INSERT OR UPDATE OF parent_id ON project.tasks
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION app.refuse_cycle('id', 'parent_id');

CREATE TABLE project.task_dependencies (
  organization_id uuid NOT NULL,
  task_id uuid NOT NULL,
  depends_on_id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  kind text NOT NULL DEFAULT 'finish_to_start' CHECK (kind IN ('finish_to_start', 'start_to_start', 'finish_to_finish', 'start_to_finish')),
  lag_s integer NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, task_id, depends_on_id),
  FOREIGN KEY (organization_id, project_id, task_id) REFERENCES project.tasks (organization_id, project_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, project_id, depends_on_id) REFERENCES project.tasks (organization_id, project_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (task_id <> depends_on_id)
);
COMMENT ON TABLE project.task_dependencies IS 'A task waits for another of its project. Never in a circle.';
COMMENT ON COLUMN project.task_dependencies.lag_s IS 'Seconds between the two; below zero they may overlap by so much.';
CREATE INDEX task_dependencies_depends_on ON project.task_dependencies (organization_id, depends_on_id);
CREATE INDEX task_dependencies_project ON project.task_dependencies (organization_id, project_id);
CREATE TRIGGER no_cycle AFTER INSERT OR UPDATE OF task_id, depends_on_id ON project.task_dependencies
  FOR EACH ROW EXECUTE FUNCTION app.refuse_cycle('task_id', 'depends_on_id');

CREATE TABLE project.comments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  task_id uuid NOT NULL,
  parent_id uuid,
  author_id uuid NOT NULL,
  content text NOT NULL CHECK (content <> ''),
  mentions uuid[] NOT NULL DEFAULT '{}' CHECK (array_position(mentions, NULL) IS NULL),
  written_at timestamptz NOT NULL DEFAULT now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, project_id, id),
  UNIQUE (organization_id, task_id, id),
  FOREIGN KEY (organization_id, project_id, task_id) REFERENCES project.tasks (organization_id, project_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, task_id, parent_id) REFERENCES project.comments (organization_id, task_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, author_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (edited_at >= written_at),
  CHECK (deleted_at >= written_at)
);
COMMENT ON TABLE project.comments IS 'What people say about a task, in threads. Files are in attachments.';
COMMENT ON COLUMN project.comments.mentions IS 'Users who are told.';
COMMENT ON COLUMN project.comments.edited_at IS 'NULL: never edited.';
CREATE INDEX comments_task ON project.comments (organization_id, task_id, written_at) WHERE deleted_at IS NULL;
CREATE INDEX comments_author ON project.comments (organization_id, author_id);
CREATE INDEX comments_parent ON project.comments (organization_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE TRIGGER no_cycle AFTER INSERT OR UPDATE OF parent_id ON project.comments
  FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION app.refuse_cycle('id', 'parent_id');

CREATE TABLE project.attachments (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  project_id uuid NOT NULL,
  plant_id uuid,
  task_id uuid,
  comment_id uuid,
  file_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  uploaded_by uuid NOT NULL,
  uploaded_at timestamptz NOT NULL DEFAULT now(),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
  deleted_at timestamptz,
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, project_id) REFERENCES project.projects ON DELETE CASCADE,
  FOREIGN KEY (organization_id, project_id, task_id) REFERENCES project.tasks (organization_id, project_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, project_id, comment_id) REFERENCES project.comments (organization_id, project_id, id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id, file_id) REFERENCES app.files,
  FOREIGN KEY (organization_id, uploaded_by) REFERENCES identity.users,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants,
  CHECK (task_id IS NOT NULL OR comment_id IS NOT NULL)
);
COMMENT ON TABLE project.attachments IS 'A file at a task or a comment; size, type, checksum and place are those of the file (app.files).';
CREATE INDEX attachments_project ON project.attachments (organization_id, project_id);
CREATE INDEX attachments_task ON project.attachments (organization_id, task_id) WHERE task_id IS NOT NULL;
CREATE INDEX attachments_comment ON project.attachments (organization_id, comment_id) WHERE comment_id IS NOT NULL;
CREATE INDEX attachments_file ON project.attachments (organization_id, file_id);
CREATE INDEX attachments_uploaded_by ON project.attachments (organization_id, uploaded_by);

-- Parts of a project stand in its plant, and those of a private one are as private. This narrows what 0018 opens.
DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['members', 'ownership_history', 'bom_items', 'documents', 'drawings', 'milestones',
                              'delivery_predictions', 'tasks', 'task_dependencies', 'comments', 'attachments'] LOOP
    EXECUTE format('CREATE TRIGGER plant BEFORE INSERT OR UPDATE ON project.%I
      FOR EACH ROW EXECUTE FUNCTION app.take_plant(''project.projects'', ''project_id'')', part);
    EXECUTE format('CREATE POLICY not_private ON project.%I AS RESTRICTIVE TO lanewright_app, lanewright_report
      USING (project_id <> ALL ((SELECT project.closed_to_me())::uuid[]))', part);
  END LOOP;
END
$$;
CREATE POLICY not_private ON project.projects AS RESTRICTIVE TO lanewright_app, lanewright_report
  USING (id <> ALL ((SELECT project.closed_to_me())::uuid[]));
CREATE TRIGGER pass_plant_on AFTER UPDATE OF plant_id ON project.projects FOR EACH ROW
  WHEN (OLD.plant_id IS DISTINCT FROM NEW.plant_id)
  EXECUTE FUNCTION app.pass_plant_on('project_id', 'project.members', 'project.ownership_history', 'project.bom_items',
    'project.documents', 'project.drawings', 'project.milestones', 'project.delivery_predictions', 'project.tasks',
    'project.task_dependencies', 'project.comments', 'project.attachments');

-- Nobody speaks in another's name; an administrator may take down what was said.
CREATE POLICY own_words ON project.comments AS RESTRICTIVE FOR INSERT TO lanewright_app
  WITH CHECK (author_id = (SELECT identity.current_user_id()));
CREATE POLICY own_edits ON project.comments AS RESTRICTIVE FOR UPDATE TO lanewright_app
  USING (author_id = (SELECT identity.current_user_id()) OR (SELECT identity.can('admin:write')));
CREATE POLICY own_uploads ON project.attachments AS RESTRICTIVE FOR INSERT TO lanewright_app
  WITH CHECK (uploaded_by = (SELECT identity.current_user_id()));

-- What earlier contexts say of projects, and what material says of lots.
ALTER TABLE material.rfqs ADD FOREIGN KEY (organization_id, project_id) REFERENCES project.projects;
ALTER TABLE material.inventory ADD FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots;
ALTER TABLE material.reservations ADD FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots;
ALTER TABLE material.transactions ADD FOREIGN KEY (organization_id, lot_id) REFERENCES trace.lots;
ALTER TABLE production.work_orders ADD FOREIGN KEY (organization_id, project_id) REFERENCES project.projects;
ALTER TABLE production.resource_plans ADD FOREIGN KEY (organization_id, project_id) REFERENCES project.projects;

INSERT INTO app.table_rules (target, plant_column, plant_optional, write_permissions, append_only, delete_permissions, stamped, audited,
                             feed_subject, feed_id) VALUES
  ('project.projects', 'plant_id', true, '{project:write}', false, '{}', true, true, 'projects', 'id'),
  ('project.members', 'plant_id', true, '{project:write}', false, '{project:write}', true, true, 'projects', 'project_id'),
  ('project.ownership_history', 'plant_id', true, '{}', true, '{}', false, false, NULL, NULL),
  ('project.bom_items', 'plant_id', true, '{project:write}', false, '{project:write}', true, true, 'projects', 'project_id'),
  ('project.documents', 'plant_id', true, '{project:write}', false, '{}', true, true, 'projects', 'project_id'),
  ('project.drawings', 'plant_id', true, '{project:write}', false, '{}', true, true, 'drawings', 'id'),
  ('project.milestones', 'plant_id', true, '{project:write}', false, '{project:write}', true, true, 'projects', 'project_id'),
  ('project.delivery_predictions', 'plant_id', true, '{project:write,planning:write}', true, '{}', false, false, 'projects', 'project_id'),
  ('project.tasks', 'plant_id', true, '{project:write}', false, '{}', true, true, 'tasks', 'id'),
  ('project.task_dependencies', 'plant_id', true, '{project:write}', false, '{project:write}', true, true, 'tasks', 'task_id'),
  ('project.comments', 'plant_id', true, '{project:write}', false, '{}', true, true, 'tasks', 'task_id'),
  ('project.attachments', 'plant_id', true, '{project:write}', false, '{}', true, true, 'tasks', 'task_id');

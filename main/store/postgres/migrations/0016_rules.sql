-- Row-level security, generated from one declaration a table, so that none is forgotten (a test walks the catalogue).
-- read and write name the permission that a verb needs; '' asks for none beyond the organization (and plant).
-- A table without a write permission is changed by the owner only.

CREATE TABLE app.row_policies (
  target regclass PRIMARY KEY,
  plant_column text,
  read_permission text NOT NULL,
  write_permissions text[] NOT NULL
);
COMMENT ON TABLE app.row_policies IS 'The declaration that policies are generated from.';

INSERT INTO app.row_policies (target, plant_column, read_permission, write_permissions) VALUES
  ('org.plants', 'id', '', '{}'),
  ('org.areas', 'plant_id', '', '{}'),
  ('material.materials', 'plant_id', '', '{}'),
  ('material.compositions', NULL, '', '{}'),
  ('production.shifts', 'plant_id', '', '{}'),
  ('production.closures', 'plant_id', '', '{schedule:write}'),
  ('production.lanes', 'plant_id', '', '{}'),
  ('equipment.machines', 'plant_id', '', '{}'),
  ('equipment.downtime_reasons', NULL, '', '{}'),
  ('production.work_orders', 'plant_id', '', '{schedule:write,production:report}'),
  ('production.operations', 'plant_id', '', '{schedule:write,production:report}'),
  ('production.logs', 'plant_id', '', '{production:report}'),
  ('equipment.status_history', 'plant_id', '', '{line:write}'),
  ('equipment.downtime_events', 'plant_id', '', '{line:write}'),
  ('quality.characteristics', 'plant_id', '', '{}'),
  ('quality.measurements', 'plant_id', '', '{quality:record}'),
  ('trace.lots', 'plant_id', '', '{production:report}'),
  ('trace.serials', 'plant_id', '', '{production:report,packing:write}'),
  ('trace.genealogy', 'plant_id', '', '{production:report,packing:write}'),
  ('trace.labels', 'plant_id', '', '{packing:write}'),
  ('trace.scans', 'plant_id', '', '{production:report,packing:write,quality:record}'),
  ('logistics.shipments', 'plant_id', '', '{packing:write}'),
  ('logistics.packing_units', 'plant_id', '', '{packing:write}'),
  ('logistics.packing_unit_serials', NULL, '', '{packing:write}'),
  ('app.applied_commands', NULL, '', '{schedule:write,production:report,quality:record,packing:write,line:write}'),
  ('app.changes', 'plant_id', '', '{}');

CREATE PROCEDURE app.apply_row_policies()
  LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
DECLARE
  declared app.row_policies;
  own constant text := 'organization_id = (SELECT identity.current_organization())';
  readable text;
  writable text;
BEGIN
  FOR declared IN SELECT * FROM app.row_policies LOOP
    readable := own;
    writable := own;
    IF declared.plant_column IS NOT NULL THEN
      -- A change without a plant concerns the whole organization.
      readable := readable || format(' AND (%1$I = ANY ((SELECT identity.plants(''read''))::uuid[])%2$s)', declared.plant_column,
        CASE WHEN declared.target = 'app.changes'::regclass THEN ' OR plant_id IS NULL' ELSE '' END);
      writable := writable || format(' AND %I = ANY ((SELECT identity.plants(''write''))::uuid[])', declared.plant_column);
    END IF;
    IF declared.read_permission <> '' THEN
      readable := readable || format(' AND (SELECT identity.can(%L))', declared.read_permission);
    END IF;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', declared.target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', declared.target);
    EXECUTE format('DROP POLICY IF EXISTS read ON %s', declared.target);
    EXECUTE format('CREATE POLICY read ON %s FOR SELECT USING (%s)', declared.target, readable);
    EXECUTE format('GRANT SELECT ON %s TO lanewright_app', declared.target);
    IF cardinality(declared.write_permissions) > 0 THEN
      writable := writable || ' AND (' || (SELECT string_agg(format('(SELECT identity.can(%L))', permission), ' OR ')
        FROM unnest(declared.write_permissions) AS permission) || ')';
      EXECUTE format('DROP POLICY IF EXISTS add ON %s', declared.target);
      EXECUTE format('DROP POLICY IF EXISTS change ON %s', declared.target);
      EXECUTE format('CREATE POLICY add ON %s FOR INSERT WITH CHECK (%s)', declared.target, writable);
      EXECUTE format('CREATE POLICY change ON %s FOR UPDATE USING (%s) WITH CHECK (%s)', declared.target, writable, writable);
      EXECUTE format('GRANT INSERT, UPDATE ON %s TO lanewright_app', declared.target);
    END IF;
  END LOOP;
END
$$;
CALL app.apply_row_policies();

-- Records are not rewritten: what was logged, measured, scanned or applied stands. Only a packer takes a serial out again.
REVOKE UPDATE ON production.logs, quality.measurements, trace.scans, equipment.status_history, app.applied_commands FROM lanewright_app;
CREATE POLICY remove ON logistics.packing_unit_serials FOR DELETE
  USING (organization_id = (SELECT identity.current_organization()) AND (SELECT identity.can('packing:write')));
CREATE POLICY remove ON trace.genealogy FOR DELETE
  USING (organization_id = (SELECT identity.current_organization()) AND kind = 'packed_into'
    AND plant_id = ANY ((SELECT identity.plants('write'))::uuid[]) AND (SELECT identity.can('packing:write')));
GRANT DELETE ON logistics.packing_unit_serials, trace.genealogy TO lanewright_app;

-- A user sees the one organization they belong to, and of the people in it the names only.
ALTER TABLE org.organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE org.organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY read ON org.organizations FOR SELECT USING (id = (SELECT identity.current_organization()));
GRANT SELECT ON org.organizations TO lanewright_app;

-- No direct door to these: FORCE without a policy lets nobody in but through the definer's functions, and those run as
-- the owner of the schema, who must therefore be let in by a policy of his own.
DO $$
DECLARE
  target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['identity.users', 'identity.roles', 'identity.role_permissions', 'identity.user_roles',
                                'identity.user_plant_access', 'identity.sessions'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY doors ON %s TO %I USING (true) WITH CHECK (true)', target, current_user);
  END LOOP;
  -- The same for what the doors read (whoami) and what triggers write (the change feed).
  FOREACH target IN ARRAY ARRAY['org.organizations', 'org.plants', 'app.changes'] LOOP
    EXECUTE format('CREATE POLICY doors ON %s TO %I USING (true) WITH CHECK (true)', target, current_user);
  END LOOP;
END
$$;

CREATE POLICY read ON identity.users FOR SELECT USING (organization_id = (SELECT identity.current_organization()));
GRANT SELECT (organization_id, id, display_name, kind, station_code) ON identity.users TO lanewright_app;

-- Writing the audit-grade command ledger and change feed happens by trigger or by the core, never by hand.
REVOKE ALL ON app.row_policies FROM PUBLIC;
REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.uuidv7() TO lanewright_app;
GRANT EXECUTE ON FUNCTION app.next_version(), app.record_change() TO lanewright_app;

-- A desk checks that it fits the database before it works with it.
GRANT SELECT ON app.schema_migrations TO lanewright_app;

-- app.table_rules, applied: row-level security, grants, stamps, change feed, audit and partitions, a table at a time,
-- so that none is forgotten (a test walks the catalogue). Safe to call again after a rule was added or changed.

-- The condition that one of these permissions is held. Each is asked once a query; * is held by whoever is signed in.
CREATE FUNCTION app.permission_condition(permissions text[]) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT '(' || string_agg(format('(SELECT identity.can(%L))', permission), ' OR ') || ')'
  FROM unnest(permissions) AS permission
  HAVING cardinality(permissions) > 0 AND '*' <> ALL (permissions)
$$;

-- What a row must be for somebody to reach it: mode is read, write or delete. In a table of plants the permission has to
-- be held at the row's plant; for a row without one, or in a table of the whole organization, it has to be held everywhere.
CREATE FUNCTION app.row_condition(rule app.table_rules, mode text, permissions text[]) RETURNS text
  LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  permitted text := app.permission_condition(permissions);
  plants text := format(CASE WHEN permitted IS NULL THEN 'identity.plants(%L)' ELSE 'identity.plants(%L, %L)' END, mode, permissions);
  at_plant text := format('%s = ANY ((SELECT %s)::uuid[])', quote_ident(rule.plant_column), plants);
BEGIN
  RETURN concat_ws(' AND ',
    format('%I = (SELECT identity.current_organization())', rule.organization_column),
    CASE WHEN rule.plant_column IS NULL THEN permitted
         WHEN rule.plant_optional THEN
           format('(CASE WHEN %I IS NULL THEN %s ELSE %s END)', rule.plant_column, coalesce(permitted, 'true'), at_plant)
         ELSE at_plant END,
    CASE WHEN rule.station_column IS NOT NULL
      THEN format('(%1$I IS NULL OR %1$I = ANY ((SELECT identity.stations())::text[]))', rule.station_column) END,
    CASE WHEN rule.owner_column IS NOT NULL
      THEN format('%I = (SELECT identity.current_user_id())', rule.owner_column) END);
END
$$;

CREATE PROCEDURE app.apply_row_security(rule app.table_rules)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  readable text;
  writable text;
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', rule.target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', rule.target);
  -- The doors (SECURITY DEFINER functions) run as the owner, who is bound by FORCE and let in by name.
  EXECUTE format('DROP POLICY IF EXISTS owner ON %s', rule.target);
  EXECUTE format('CREATE POLICY owner ON %s TO %I USING (true) WITH CHECK (true)', rule.target, current_user);
  IF rule.scope = 'shared' THEN
    EXECUTE format('DROP POLICY IF EXISTS read ON %s', rule.target);
    EXECUTE format('CREATE POLICY read ON %s FOR SELECT USING ((SELECT identity.current_organization()) IS NOT NULL)', rule.target);
    EXECUTE format('GRANT SELECT ON %s TO lanewright_app, lanewright_report', rule.target);
  END IF;
  IF rule.scope <> 'tenant' THEN RETURN; END IF;

  readable := app.row_condition(rule, 'read', CASE rule.read_permission WHEN '' THEN '{}' ELSE ARRAY[rule.read_permission] END);
  IF rule.shared_by IS NOT NULL AND rule.plant_column IS NOT NULL AND NOT rule.plant_optional AND rule.read_permission = ''
      AND rule.station_column IS NULL AND rule.owner_column IS NULL THEN
    -- Where rows are told apart by organization and plant alone, both lists have theirs added: OR would cost the index.
    readable := format('%1$I = ANY ((SELECT sharing.readable_organizations(%3$L))::uuid[])
      AND %2$I = ANY ((SELECT sharing.readable_plants(%3$L))::uuid[])', rule.organization_column, rule.plant_column, rule.shared_by);
  ELSIF rule.shared_by IS NOT NULL THEN
    readable := format('(%s) OR %I = ANY ((SELECT sharing.grantors(%L))::uuid[])', readable, rule.organization_column, rule.shared_by);
  END IF;
  EXECUTE format('DROP POLICY IF EXISTS read ON %s', rule.target);
  EXECUTE format('CREATE POLICY read ON %s FOR SELECT USING (%s)', rule.target, readable);
  EXECUTE format('GRANT SELECT ON %s TO lanewright_app, lanewright_report', rule.target);

  IF cardinality(rule.write_permissions) > 0 THEN
    writable := app.row_condition(rule, 'write', rule.write_permissions);
    EXECUTE format('DROP POLICY IF EXISTS add ON %s', rule.target);
    EXECUTE format('CREATE POLICY add ON %s FOR INSERT WITH CHECK (%s)', rule.target, writable);
    EXECUTE format('GRANT INSERT ON %s TO lanewright_app', rule.target);
    IF NOT rule.append_only THEN
      EXECUTE format('DROP POLICY IF EXISTS change ON %s', rule.target);
      EXECUTE format('CREATE POLICY change ON %s FOR UPDATE USING (%s) WITH CHECK (%s)', rule.target, writable, writable);
      EXECUTE format('GRANT UPDATE ON %s TO lanewright_app', rule.target);
    END IF;
  END IF;
  IF cardinality(rule.delete_permissions) > 0 THEN
    EXECUTE format('DROP POLICY IF EXISTS remove ON %s', rule.target);
    EXECUTE format('CREATE POLICY remove ON %s FOR DELETE USING (%s)', rule.target, concat_ws(' AND ',
      app.row_condition(rule, 'delete', rule.delete_permissions), '(' || rule.delete_when || ')'));
    EXECUTE format('GRANT DELETE ON %s TO lanewright_app', rule.target);
  END IF;
END
$$;

CREATE PROCEDURE app.apply_stamps(rule app.table_rules)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF rule.append_only OR NOT rule.stamped THEN RETURN; END IF;
  EXECUTE format('ALTER TABLE %s
    ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN IF NOT EXISTS created_by uuid,
    ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN IF NOT EXISTS updated_by uuid', rule.target);
  EXECUTE format('CREATE OR REPLACE TRIGGER stamp BEFORE INSERT OR UPDATE ON %s
    FOR EACH ROW EXECUTE FUNCTION app.stamp()', rule.target);
END
$$;

CREATE PROCEDURE app.apply_change_feed(rule app.table_rules)
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  verb text;
BEGIN
  IF rule.feed_subject IS NULL THEN RETURN; END IF;
  FOREACH verb IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER changes_on_%1$s AFTER %1$s ON %2$s REFERENCING %3$s
      FOR EACH STATEMENT EXECUTE FUNCTION app.record_change(%4$L, %5$L, %6$L)', verb, rule.target,
      CASE verb WHEN 'delete' THEN 'OLD TABLE AS old_rows' ELSE 'NEW TABLE AS new_rows' END,
      rule.feed_subject, rule.feed_id, coalesce(rule.plant_column, ''));
  END LOOP;
END
$$;

CREATE PROCEDURE app.apply_table_rules()
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  -- Read whole first: the table of rules has a rule too.
  rules app.table_rules[] := ARRAY(SELECT r FROM app.table_rules r ORDER BY r.target::text);
  rule app.table_rules;
BEGIN
  FOREACH rule IN ARRAY rules LOOP
    CALL app.apply_stamps(rule);
    CALL app.apply_row_security(rule);
    CALL app.apply_change_feed(rule);
    IF rule.audited THEN CALL audit.watch(rule.target, rule.plant_column); END IF;
    IF rule.partition_by IS NOT NULL THEN
      -- Three steps back and ahead to begin with; app.maintain_partitions goes on from there.
      PERFORM app.ensure_partitions(rule.target, rule.partition_by,
        now() - 3 * ('1 ' || rule.partition_by)::interval, now() + 3 * ('1 ' || rule.partition_by)::interval);
    END IF;
  END LOOP;
END
$$;
CALL app.apply_table_rules();

GRANT EXECUTE ON FUNCTION app.uuidv7(), app.stamp(), app.record_change(), app.table_stats() TO lanewright_app;
GRANT SELECT ON app.db_health, app.long_running_queries, app.schema_migrations TO lanewright_app;

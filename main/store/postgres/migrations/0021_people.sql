-- Doors for those who keep people. Each takes the organization's row first, so that two administrators work one after the
-- other and cannot take away the last one together. Nobody gives what they do not hold, nobody changes somebody who holds
-- more than they do (an address or a code is the way to that person's password), nobody suspends themselves.

ALTER TABLE identity.users
  ADD COLUMN phone_index bytea CHECK (octet_length(phone_index) = 32),
  ADD CHECK (phone_index IS NULL OR phone_cipher IS NOT NULL);
COMMENT ON COLUMN identity.users.phone_index IS 'As email_index, of the telephone number.';
CREATE INDEX users_phone ON identity.users (organization_id, phone_index) WHERE phone_index IS NOT NULL;

ALTER TABLE org.locations
  ADD COLUMN email_cipher bytea CHECK (octet_length(email_cipher) BETWEEN 32 AND 2048),
  ADD COLUMN email_index bytea CHECK (octet_length(email_index) = 32),
  ADD COLUMN phone_cipher bytea CHECK (octet_length(phone_cipher) BETWEEN 32 AND 2048),
  ADD COLUMN phone_index bytea CHECK (octet_length(phone_index) = 32),
  ADD CHECK (email_index IS NULL OR email_cipher IS NOT NULL),
  ADD CHECK (phone_index IS NULL OR phone_cipher IS NOT NULL);
COMMENT ON COLUMN org.locations.email_cipher IS 'Whom to write to at a customer''s place, encrypted (main/pii).';
COMMENT ON COLUMN org.locations.email_index IS 'Blind index: keyed hash of the normalised address, for exact search. The same for phone_index.';
COMMENT ON COLUMN org.locations.phone_cipher IS 'As email_cipher.';
CREATE INDEX locations_email ON org.locations (organization_id, email_index) WHERE email_index IS NOT NULL;
CREATE INDEX locations_phone ON org.locations (organization_id, phone_index) WHERE phone_index IS NOT NULL;

ALTER TABLE identity.password_reset_tokens ALTER COLUMN job_id DROP NOT NULL;
COMMENT ON COLUMN identity.password_reset_tokens.job_id IS 'The job that sent it, or tried to; NULL: an administrator handed it over.';
COMMENT ON TABLE identity.password_reset_tokens IS 'Good once, until the next one, and for half an hour when it was mailed, three days when an administrator handed it over.';

-- The columns that are new here are left out of the log, as the others of their kind.
CALL audit.watch('identity.users', NULL);
CALL audit.watch('org.locations', 'plant_id');

-- Who may do what goes through the doors alone, which weigh it; holding admin:write is not enough.
UPDATE app.table_rules SET write_permissions = '{}', delete_permissions = '{}'
  WHERE target IN ('identity.user_roles'::regclass, 'identity.user_plant_access'::regclass, 'identity.user_station_access'::regclass);
DO $$
DECLARE
  target text;
  policy text;
BEGIN
  FOREACH target IN ARRAY ARRAY['identity.user_roles', 'identity.user_plant_access', 'identity.user_station_access'] LOOP
    FOREACH policy IN ARRAY ARRAY['add', 'change', 'remove'] LOOP
      EXECUTE format('DROP POLICY IF EXISTS %I ON %s', policy, target);
    END LOOP;
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM lanewright_app', target);
  END LOOP;
END
$$;

-- What a role may is given by whoever may it. Without a session it is the owner who gives.
CREATE FUNCTION identity.weigh_permission() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF (identity.current_context()).session_id IS NOT NULL AND NOT identity.can(NEW.permission) THEN
    RAISE EXCEPTION 'refusal.people-not-held' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('role', (SELECT r.name FROM identity.roles r
        WHERE r.organization_id = NEW.organization_id AND r.id = NEW.role_id), 'permission', NEW.permission)::text;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER weigh_permission BEFORE INSERT OR UPDATE ON identity.role_permissions
  FOR EACH ROW EXECUTE FUNCTION identity.weigh_permission();

CREATE FUNCTION identity.require_administrator(organization uuid) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM identity.users u
      JOIN identity.user_roles ur ON ur.organization_id = u.organization_id AND ur.user_id = u.id
      JOIN identity.role_permissions rp ON rp.organization_id = ur.organization_id AND rp.role_id = ur.role_id
      WHERE u.organization_id = organization AND u.kind = 'person' AND u.active AND rp.permission = 'admin:write'
        AND ur.plant_id IS NULL AND ur.expires_at IS NULL) THEN
    RAISE EXCEPTION 'refusal.people-last-administrator' USING ERRCODE = 'LW001';
  END IF;
END
$$;
COMMENT ON FUNCTION identity.require_administrator(uuid) IS 'Refuses to leave an organization without a person who keeps people everywhere and until further notice.';

CREATE FUNCTION identity.keep_an_administrator() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF (identity.current_context()).session_id IS NOT NULL THEN
    PERFORM FROM org.organizations o WHERE o.id = OLD.organization_id FOR NO KEY UPDATE;
    PERFORM identity.require_administrator(OLD.organization_id);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER keep_an_administrator AFTER UPDATE OR DELETE ON identity.role_permissions
  FOR EACH ROW WHEN (OLD.permission = 'admin:write') EXECUTE FUNCTION identity.keep_an_administrator();

-- Who keeps people, with the others waiting until this transaction is over.
CREATE FUNCTION identity.keep_people() RETURNS identity.context
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.own_context();
BEGIN
  -- An older snapshot would show administrators who have gone.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'people are kept in read committed transactions only' USING ERRCODE = '25001';
  END IF;
  IF NOT identity.can('admin:write') THEN RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501'; END IF;
  PERFORM FROM org.organizations o WHERE o.id = own.organization_id FOR NO KEY UPDATE;
  -- Whoever was before us may have taken it away, or ended the session: begin sealed what held before we waited.
  IF (identity.look_up_context()).session_id IS NULL OR NOT identity.can('admin:write') THEN RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501'; END IF;
  RETURN own;
END
$$;

-- The first permission or plant of a person that the caller has not; NULL: none, or the caller themselves.
CREATE FUNCTION identity.beyond_mine(person uuid) RETURNS text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.current_context();
BEGIN
  IF own.user_id = person THEN RETURN NULL; END IF;
  RETURN (
    SELECT found.what FROM (
      SELECT rp.permission AS what
        FROM identity.user_roles ur
        JOIN identity.role_permissions rp ON rp.organization_id = ur.organization_id AND rp.role_id = ur.role_id
        WHERE ur.organization_id = own.organization_id AND ur.user_id = person AND (ur.expires_at IS NULL OR ur.expires_at > now())
          AND NOT EXISTS (SELECT FROM identity.grants(own) g WHERE g.permission = rp.permission
            AND (g.plant_id IS NULL OR g.plant_id = ur.plant_id)
            AND (g.department_id IS NULL OR g.department_id = ur.department_id))
      UNION ALL
      SELECT p.name
        FROM identity.user_plant_access a JOIN org.plants p ON p.organization_id = a.organization_id AND p.id = a.plant_id
        WHERE a.organization_id = own.organization_id AND a.user_id = person AND NOT a.plant_id = ANY (identity.plants('write'))
    ) AS found ORDER BY 1 LIMIT 1);
END
$$;

-- The person, held until the end of the transaction. Nothing: nobody by that id works in this organization.
CREATE FUNCTION identity.person_to_change(own identity.context, person uuid) RETURNS SETOF identity.users
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found identity.users;
  beyond text;
BEGIN
  SELECT * INTO found FROM identity.users u
    WHERE u.organization_id = own.organization_id AND u.id = person AND u.kind = 'person' FOR NO KEY UPDATE;
  IF found.id IS NULL THEN RETURN; END IF;
  beyond := identity.beyond_mine(person);
  IF beyond IS NOT NULL THEN
    RAISE EXCEPTION 'refusal.people-beyond' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('name', found.display_name, 'beyond', beyond)::text;
  END IF;
  RETURN NEXT found;
END
$$;

CREATE FUNCTION identity.people(wanted text, email_indexes bytea[], phone_indexes bytea[], one uuid DEFAULT NULL)
  RETURNS TABLE (id uuid, version integer, login text, display_name text, given_name text, family_name text, employee_code text,
                 locale text, home_plant_id uuid, active boolean, has_password boolean, has_email boolean, email_verified boolean,
                 has_phone boolean, locked_until timestamptz, signed_in_at timestamptz, roles jsonb, plants jsonb, stations jsonb)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  organization constant uuid := identity.current_organization();
  sought constant text := lower(trim(coalesce(wanted, '')));
BEGIN
  IF NOT identity.can('admin:read') THEN RETURN; END IF;
  RETURN QUERY SELECT u.id, u.version, u.login, u.display_name, u.given_name, u.family_name, u.employee_code, u.locale,
      u.home_plant_id, u.active, u.password_changed_at IS NOT NULL OR u.password_hash ~ '^\$2', u.email_cipher IS NOT NULL,
      u.email_verified_at IS NOT NULL, u.phone_cipher IS NOT NULL,
      l.locked_until,
      (SELECT max(s.created_at) FROM identity.sessions s WHERE s.organization_id = organization AND s.user_id = u.id),
      coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'everywhere', ur.plant_id IS NULL) ORDER BY r.name)
        FROM identity.user_roles ur JOIN identity.roles r ON r.organization_id = ur.organization_id AND r.id = ur.role_id
        WHERE ur.organization_id = organization AND ur.user_id = u.id AND (ur.expires_at IS NULL OR ur.expires_at > now())), '[]'),
      coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'code', p.code, 'mayWrite', a.may_write, 'mayDelete', a.may_delete)
          ORDER BY p.code)
        FROM identity.user_plant_access a JOIN org.plants p ON p.organization_id = a.organization_id AND p.id = a.plant_id
        WHERE a.organization_id = organization AND a.user_id = u.id), '[]'),
      coalesce((SELECT jsonb_agg(a.station_code ORDER BY a.station_code) FROM identity.user_station_access a
        WHERE a.organization_id = organization AND a.user_id = u.id AND (a.expires_at IS NULL OR a.expires_at > now())), '[]')
    FROM identity.users u LEFT JOIN identity.locks() l ON l.user_id = u.id
    WHERE u.organization_id = organization AND u.kind = 'person' AND u.deleted_at IS NULL AND (one IS NULL OR u.id = one)
      AND (sought = '' OR position(sought IN u.login) > 0 OR position(sought IN lower(u.display_name)) > 0
        OR position(sought IN lower(concat_ws(' ', u.given_name, u.family_name))) > 0 OR lower(u.employee_code) = sought
        OR u.email_index = ANY (email_indexes) OR u.phone_index = ANY (phone_indexes))
    ORDER BY lower(u.display_name), u.login;
END
$$;
COMMENT ON FUNCTION identity.people(text, bytea[], bytea[], uuid) IS 'People of the organization, for who may see them (admin:read): all, one, or those whose login or name has a text in it or whose address has one of these blind indexes. Stations are none.';

CREATE FUNCTION identity.station_places() RETURNS TABLE (station_code text, plant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT DISTINCT ON (known.station_code) known.station_code, known.plant_id
  FROM identity.current_context() c, LATERAL (
    SELECT u.station_code, u.home_plant_id AS plant_id, 1 AS rank FROM identity.users u
      WHERE u.organization_id = c.organization_id AND u.kind = 'station'
    UNION ALL
    SELECT a.station_code, a.plant_id, 2 FROM identity.user_station_access a WHERE a.organization_id = c.organization_id) AS known
  WHERE (SELECT identity.can('admin:read'))
  ORDER BY known.station_code, known.rank
$$;
COMMENT ON FUNCTION identity.station_places() IS 'Stations of the organization that are known, with the plant they stand in (admin:read).';

-- Roles that hold everywhere; those bound to a plant or department stay as they are.
CREATE FUNCTION identity.set_roles(own identity.context, person uuid, wanted uuid[]) RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  refused record;
BEGIN
  SELECT r.name, rp.permission INTO refused
    FROM unnest(wanted) AS w (role_id)
    LEFT JOIN identity.roles r ON r.organization_id = own.organization_id AND r.id = w.role_id
    LEFT JOIN identity.role_permissions rp ON rp.organization_id = r.organization_id AND rp.role_id = r.id
    WHERE NOT EXISTS (SELECT FROM identity.user_roles ur WHERE ur.organization_id = own.organization_id AND ur.user_id = person
        AND ur.role_id = w.role_id AND ur.plant_id IS NULL AND (ur.expires_at IS NULL OR ur.expires_at > now()))
      AND (r.id IS NULL OR rp.permission IS NOT NULL AND NOT identity.can(rp.permission))
    ORDER BY r.name, rp.permission LIMIT 1;
  IF FOUND AND refused.name IS NULL THEN
    RAISE EXCEPTION 'refusal.people-unknown-role' USING ERRCODE = 'LW001';
  ELSIF FOUND THEN
    RAISE EXCEPTION 'refusal.people-not-held' USING ERRCODE = 'LW001',
      DETAIL = jsonb_build_object('role', refused.name, 'permission', refused.permission)::text;
  END IF;
  DELETE FROM identity.user_roles ur WHERE ur.organization_id = own.organization_id AND ur.user_id = person AND ur.plant_id IS NULL
    AND (NOT ur.role_id = ANY (wanted) OR ur.expires_at <= now());
  INSERT INTO identity.user_roles (organization_id, user_id, role_id, granted_by)
    SELECT DISTINCT own.organization_id, person, role_id, own.user_id FROM unnest(wanted) AS w (role_id)
    ON CONFLICT (organization_id, user_id, role_id, plant_id, department_id) DO NOTHING;
END
$$;

CREATE FUNCTION identity.set_reach(own identity.context, person uuid, wanted_plants jsonb, wanted_stations text[]) RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  writable constant uuid[] := identity.plants('write');
  deletable constant uuid[] := identity.plants('delete');
  places constant jsonb := coalesce((SELECT jsonb_object_agg(s.station_code, s.plant_id) FROM identity.station_places() s), '{}');
  refused text;
BEGIN
  -- What stays as it is asks nothing of the caller.
  SELECT coalesce(p.name, '?') INTO refused
    FROM jsonb_to_recordset(wanted_plants) AS w (id uuid, may_write boolean, may_delete boolean)
    FULL JOIN (SELECT * FROM identity.user_plant_access a WHERE a.organization_id = own.organization_id AND a.user_id = person) AS a
      ON a.plant_id = w.id
    LEFT JOIN org.plants p ON p.organization_id = own.organization_id AND p.id = coalesce(w.id, a.plant_id)
    WHERE (w.id IS NULL OR a.plant_id IS NULL OR (w.may_write, w.may_delete) IS DISTINCT FROM (a.may_write, a.may_delete))
      AND (NOT coalesce(w.id, a.plant_id) = ANY (writable) OR w.may_delete AND NOT w.id = ANY (deletable))
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'refusal.people-plant-not-yours' USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('plant', refused)::text;
  END IF;
  DELETE FROM identity.user_plant_access a WHERE a.organization_id = own.organization_id AND a.user_id = person
    AND NOT EXISTS (SELECT FROM jsonb_to_recordset(wanted_plants) AS w (id uuid) WHERE w.id = a.plant_id);
  INSERT INTO identity.user_plant_access AS a (organization_id, user_id, plant_id, may_write, may_delete)
    SELECT own.organization_id, person, w.id, w.may_write, w.may_delete
    FROM jsonb_to_recordset(wanted_plants) AS w (id uuid, may_write boolean, may_delete boolean)
    ON CONFLICT (organization_id, user_id, plant_id) DO UPDATE SET may_write = EXCLUDED.may_write, may_delete = EXCLUDED.may_delete
      WHERE (a.may_write, a.may_delete) IS DISTINCT FROM (EXCLUDED.may_write, EXCLUDED.may_delete);

  SELECT w.code INTO refused FROM unnest(wanted_stations) AS w (code)
    WHERE NOT EXISTS (SELECT FROM identity.user_station_access a
        WHERE a.organization_id = own.organization_id AND a.user_id = person AND a.station_code = w.code)
      AND NOT coalesce((places ->> w.code)::uuid = ANY (writable), false) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'refusal.people-station-not-yours' USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('station', refused)::text;
  END IF;
  DELETE FROM identity.user_station_access a WHERE a.organization_id = own.organization_id AND a.user_id = person
    AND NOT a.station_code = ANY (wanted_stations);
  INSERT INTO identity.user_station_access (organization_id, user_id, plant_id, station_code)
    SELECT DISTINCT own.organization_id, person, (places ->> w.code)::uuid, w.code FROM unnest(wanted_stations) AS w (code)
    WHERE places ? w.code
    ON CONFLICT (organization_id, user_id, station_code) DO UPDATE SET expires_at = NULL
      WHERE user_station_access.expires_at <= now();
END
$$;

CREATE FUNCTION identity.save_person(person uuid, expected_version integer, wanted jsonb) RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.keep_people();
  asked record;
  before identity.users;
  broken text;
BEGIN
  SELECT * INTO asked FROM jsonb_to_record(wanted) AS r (login text, display_name text, given_name text, family_name text,
    employee_code text, locale text, home_plant_id uuid, roles uuid[], plants jsonb, stations text[]);
  IF NOT EXISTS (SELECT FROM jsonb_to_recordset(asked.plants) AS w (id uuid) WHERE w.id = asked.home_plant_id) THEN
    RAISE EXCEPTION 'refusal.people-home-plant' USING ERRCODE = 'LW001';
  END IF;
  IF expected_version IS NOT NULL THEN
    SELECT * INTO before FROM identity.person_to_change(own, person);
    IF before.id IS NULL THEN RETURN 'gone'; END IF;
    IF before.version <> expected_version THEN RETURN 'changed'; END IF;
  ELSIF NOT asked.home_plant_id = ANY (identity.plants('write')) THEN
    RAISE EXCEPTION 'refusal.people-plant-not-yours' USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('plant',
      coalesce((SELECT p.name FROM org.plants p WHERE p.organization_id = own.organization_id AND p.id = asked.home_plant_id), '?'))::text;
  END IF;
  BEGIN
    IF before.id IS NULL THEN
      -- No bcrypt hash, so that no password opens it until the person has chosen one.
      INSERT INTO identity.users (organization_id, id, login, display_name, password_hash, home_plant_id, given_name, family_name,
          employee_code, locale)
        VALUES (own.organization_id, person, asked.login, asked.display_name, 'none yet', asked.home_plant_id, asked.given_name,
          asked.family_name, asked.employee_code, asked.locale);
    ELSE
      UPDATE identity.users u SET display_name = asked.display_name, given_name = asked.given_name, family_name = asked.family_name,
          employee_code = asked.employee_code, locale = asked.locale, home_plant_id = asked.home_plant_id
        WHERE u.organization_id = own.organization_id AND u.id = person;
    END IF;
  EXCEPTION WHEN unique_violation THEN
    GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
    RAISE EXCEPTION '%', CASE broken WHEN 'users_login_key' THEN 'refusal.people-login-taken'
        WHEN 'users_employee' THEN 'refusal.people-employee-code-taken' ELSE 'refusal.people-id-taken' END
      USING ERRCODE = 'LW001', DETAIL = jsonb_build_object('login', asked.login, 'code', asked.employee_code)::text;
  END;
  PERFORM identity.set_roles(own, person, asked.roles);
  PERFORM identity.set_reach(own, person, asked.plants, asked.stations);
  PERFORM identity.require_administrator(own.organization_id);
  RETURN 'saved';
END
$$;
COMMENT ON FUNCTION identity.save_person(uuid, integer, jsonb) IS 'Makes a person (expected_version NULL), who has no password yet, or changes one, but for the login. wanted: login, display_name, given_name, family_name, employee_code, locale, home_plant_id, roles (ids, everywhere), plants ({id, may_write, may_delete}), stations (codes). Outcome: saved, gone (nobody by that id here), changed (another version).';

-- NULL takes a contact away. The first index is kept; the others are of older keys, and find who has the address already.
CREATE FUNCTION identity.set_contacts(person uuid, new_email_cipher bytea, email_indexes bytea[], new_phone_cipher bytea, phone_indexes bytea[])
  RETURNS text
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.keep_people();
  before identity.users;
BEGIN
  SELECT * INTO before FROM identity.person_to_change(own, person);
  IF before.id IS NULL THEN RETURN 'gone'; END IF;
  IF EXISTS (SELECT FROM identity.users u WHERE u.organization_id = own.organization_id AND u.id <> person
      AND u.email_index = ANY (email_indexes) AND u.deleted_at IS NULL) THEN
    RAISE EXCEPTION 'refusal.people-email-taken' USING ERRCODE = 'LW001';
  END IF;
  -- What says the same stays, and stays verified.
  IF before.email_index IS NULL OR NOT coalesce(before.email_index = ANY (email_indexes), false) THEN
    UPDATE identity.users u SET email_cipher = new_email_cipher, email_index = email_indexes[1]
      WHERE u.organization_id = own.organization_id AND u.id = person AND (u.email_cipher IS NOT NULL OR new_email_cipher IS NOT NULL);
  END IF;
  IF before.phone_index IS NULL OR NOT coalesce(before.phone_index = ANY (phone_indexes), false) THEN
    UPDATE identity.users u SET phone_cipher = new_phone_cipher, phone_index = phone_indexes[1], phone_verified_at = NULL
      WHERE u.organization_id = own.organization_id AND u.id = person AND (u.phone_cipher IS NOT NULL OR new_phone_cipher IS NOT NULL);
  END IF;
  -- What was mailed to the address before must not open the account of who has another one now.
  IF before.email_index IS NOT NULL AND NOT coalesce(before.email_index = ANY (email_indexes), false) THEN
    UPDATE identity.password_reset_tokens t SET revoked_at = clock_timestamp()
      WHERE t.organization_id = own.organization_id AND t.user_id = person AND t.used_at IS NULL AND t.revoked_at IS NULL;
  END IF;
  RETURN 'saved';
END
$$;
COMMENT ON FUNCTION identity.set_contacts(uuid, bytea, bytea[], bytea, bytea[]) IS 'E-mail and telephone of a person, encrypted by the application, with their blind indexes, newest key first. Outcome: saved, gone.';

-- False: nobody by that id works here.
CREATE FUNCTION identity.deactivate_person(person uuid, why text) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.keep_people();
BEGIN
  IF nullif(trim(why), '') IS NULL THEN RAISE EXCEPTION 'a reason is needed' USING ERRCODE = '22023'; END IF;
  IF person = own.user_id THEN RAISE EXCEPTION 'refusal.people-self' USING ERRCODE = 'LW001'; END IF;
  PERFORM FROM identity.person_to_change(own, person);
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM set_config('lanewright.reason', trim(why), true);
  UPDATE identity.users u SET active = false WHERE u.organization_id = own.organization_id AND u.id = person AND u.active;
  UPDATE identity.sessions s SET ended_at = clock_timestamp(), ended_by = 'revoked'
    WHERE s.organization_id = own.organization_id AND s.user_id = person AND s.ended_at IS NULL;
  UPDATE identity.password_reset_tokens t SET revoked_at = clock_timestamp()
    WHERE t.organization_id = own.organization_id AND t.user_id = person AND t.used_at IS NULL AND t.revoked_at IS NULL;
  PERFORM identity.require_administrator(own.organization_id);
  RETURN true;
END
$$;

CREATE FUNCTION identity.activate_person(person uuid) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  own constant identity.context := identity.keep_people();
BEGIN
  PERFORM FROM identity.person_to_change(own, person);
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE identity.users u SET active = true
    WHERE u.organization_id = own.organization_id AND u.id = person AND NOT u.active AND u.deleted_at IS NULL;
  RETURN true;
END
$$;

-- A hundred bits that a person reads off a screen, as the codes that are mailed.
CREATE FUNCTION identity.fresh_code() RETURNS text
  LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (get_byte(r.bytes, n) & 31) + 1, 1), '' ORDER BY n)
  FROM (SELECT public.gen_random_bytes(20) AS bytes) AS r, generate_series(0, 19) AS n
$$;

-- What a person sets a password with (identity.reset_password) whom no mail reaches. Shown once, kept as a hash.
-- Nothing: nobody by that id works here, or they are suspended.
CREATE FUNCTION identity.give_password_code(person uuid) RETURNS TABLE (code text, expires_at timestamptz)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  own constant identity.context := identity.keep_people();
  before identity.users;
  fresh constant text := identity.fresh_code();
  until constant timestamptz := clock_timestamp() + interval '3 days';
BEGIN
  SELECT * INTO before FROM identity.person_to_change(own, person);
  IF before.id IS NULL OR NOT before.active THEN RETURN; END IF;
  UPDATE identity.password_reset_tokens t SET revoked_at = clock_timestamp()
    WHERE t.organization_id = own.organization_id AND t.user_id = person AND t.used_at IS NULL AND t.revoked_at IS NULL;
  INSERT INTO identity.password_reset_tokens (organization_id, user_id, token_hash, expires_at, mail)
    VALUES (own.organization_id, person, public.digest(fresh, 'sha256'), until, 'accepted');
  PERFORM audit.append(own.organization_id, NULL, 'identity.users', person, jsonb_build_object('id', person), 'update',
    json_build_object('password_code', '[left out]'));
  RETURN QUERY SELECT fresh, until;
END
$$;
COMMENT ON FUNCTION identity.give_password_code(uuid) IS 'A code with which a person sets a password; good once, for three days, and until the next one.';

REVOKE ALL ON FUNCTION identity.weigh_permission(), identity.require_administrator(uuid), identity.keep_an_administrator(),
  identity.keep_people(), identity.beyond_mine(uuid), identity.person_to_change(identity.context, uuid),
  identity.people(text, bytea[], bytea[], uuid), identity.station_places(), identity.set_roles(identity.context, uuid, uuid[]),
  identity.set_reach(identity.context, uuid, jsonb, text[]), identity.save_person(uuid, integer, jsonb),
  identity.set_contacts(uuid, bytea, bytea[], bytea, bytea[]), identity.deactivate_person(uuid, text),
  identity.activate_person(uuid), identity.fresh_code(), identity.give_password_code(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.beyond_mine(uuid), identity.people(text, bytea[], bytea[], uuid), identity.station_places(),
  identity.save_person(uuid, integer, jsonb), identity.set_contacts(uuid, bytea, bytea[], bytea, bytea[]),
  identity.deactivate_person(uuid, text), identity.activate_person(uuid), identity.give_password_code(uuid) TO lanewright_app;

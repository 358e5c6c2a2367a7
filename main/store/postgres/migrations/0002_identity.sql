-- Who may do what. The application's role reaches sessions and passwords through functions alone.

CREATE TABLE org.organizations (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9-]{2,20}$'),
  name text NOT NULL CHECK (name <> ''),
  gs1_company_prefix text NOT NULL CHECK (gs1_company_prefix ~ '^[0-9]{4,12}$'),
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN org.organizations.gs1_company_prefix IS 'GS1 General Specifications 1.4: the prefix that SSCCs and GTINs begin with.';

CREATE TABLE org.plants (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  code text NOT NULL CHECK (code ~ '^[A-Z0-9-]{2,20}$'),
  name text NOT NULL,
  time_zone text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code)
);
COMMENT ON COLUMN org.plants.time_zone IS 'IANA name; shift calendars and days of the plant are computed in it.';

CREATE TABLE org.areas (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plant_id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  position integer NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, plant_id, code),
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);
COMMENT ON TABLE org.areas IS 'ISA-95 area: a part of a plant that lanes stand in.';

CREATE TABLE identity.users (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  login text NOT NULL UNIQUE CHECK (login = lower(login) AND login ~ '^[a-z0-9._@-]{2,100}$'),
  display_name text NOT NULL,
  password_hash text NOT NULL,
  kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'station')),
  station_code text,
  home_plant_id uuid NOT NULL,
  active boolean NOT NULL DEFAULT true,
  failed_attempts integer NOT NULL DEFAULT 0 CHECK (failed_attempts >= 0),
  locked_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, id),
  FOREIGN KEY (organization_id, home_plant_id) REFERENCES org.plants,
  CHECK ((kind = 'station') = (station_code IS NOT NULL))
);
COMMENT ON TABLE identity.users IS 'People, and stations, which sign in with a secret of their own to deliver what was recorded at them.';
COMMENT ON COLUMN identity.users.login IS 'Unique over all organizations: the sign-in page does not ask for one. Only sign_in sees it, so uniqueness tells no stranger anything.';
COMMENT ON COLUMN identity.users.password_hash IS 'bcrypt, cost 12.';

CREATE TABLE identity.roles (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, code)
);

CREATE TABLE identity.role_permissions (
  organization_id uuid NOT NULL,
  role_id uuid NOT NULL,
  permission text NOT NULL CHECK (permission ~ '^[a-z-]+:[a-z-]+$'),
  PRIMARY KEY (organization_id, role_id, permission),
  FOREIGN KEY (organization_id, role_id) REFERENCES identity.roles
);
COMMENT ON COLUMN identity.role_permissions.permission IS 'resource:action.';

CREATE TABLE identity.user_roles (
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role_id uuid NOT NULL,
  PRIMARY KEY (organization_id, user_id, role_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, role_id) REFERENCES identity.roles
);

CREATE TABLE identity.user_plant_access (
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  plant_id uuid NOT NULL,
  may_write boolean NOT NULL DEFAULT false,
  PRIMARY KEY (organization_id, user_id, plant_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, plant_id) REFERENCES org.plants
);

CREATE TABLE identity.sessions (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  station_code text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  vouched_by uuid,
  FOREIGN KEY (organization_id, user_id) REFERENCES identity.users,
  FOREIGN KEY (organization_id, vouched_by) REFERENCES identity.users,
  CHECK (expires_at > created_at)
);
COMMENT ON COLUMN identity.sessions.token_hash IS 'SHA-256 of the token; the token itself is nowhere in the database.';
COMMENT ON COLUMN identity.sessions.station_code IS 'Where it was opened: only that station may deliver commands recorded under it.';
COMMENT ON COLUMN identity.sessions.vouched_by IS 'The station that checked the password while the database was away; such a session has that station''s rights at most.';
CREATE INDEX sessions_user ON identity.sessions (organization_id, user_id);

-- The context of a transaction is proved, not claimed: what stands in the setting is the secret token itself, which is
-- looked up by its hash each time. A client that sets the setting by hand has presented a token, no more.
CREATE TYPE identity.context AS (
  session_id uuid, organization_id uuid, user_id uuid, station_code text, vouched_by uuid
);

CREATE FUNCTION identity.current_context() RETURNS identity.context
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, identity
AS $$
DECLARE
  token text := nullif(current_setting('lanewright.token', true), '');
  actor uuid := nullif(current_setting('lanewright.actor', true), '')::uuid;
  captured timestamptz;
  own identity.context;
  acting identity.context;
BEGIN
  IF token IS NULL THEN RETURN NULL; END IF;
  SELECT s.id, s.organization_id, s.user_id, s.station_code, s.vouched_by INTO own
    FROM identity.sessions s JOIN identity.users u ON u.organization_id = s.organization_id AND u.id = s.user_id
    WHERE s.token_hash = public.digest(token, 'sha256') AND s.ended_at IS NULL AND s.expires_at > now() AND u.active;
  IF own.session_id IS NULL OR actor IS NULL THEN RETURN own; END IF;
  -- A station delivers what a person recorded at it, while that person's session there was good.
  captured := nullif(current_setting('lanewright.captured_at', true), '')::timestamptz;
  SELECT s.id, s.organization_id, s.user_id, s.station_code, s.vouched_by INTO acting
    FROM identity.sessions s
    JOIN identity.users station ON station.organization_id = own.organization_id AND station.id = own.user_id
      AND station.kind = 'station'
    WHERE s.id = actor AND s.organization_id = own.organization_id AND s.station_code = own.station_code
      AND captured >= s.created_at - interval '5 minutes'
      AND captured <= least(s.expires_at, coalesce(s.ended_at, 'infinity')) + interval '5 minutes';
  IF acting.session_id IS NULL THEN RETURN NULL; END IF;
  RETURN acting;
END
$$;

CREATE FUNCTION identity.current_organization() RETURNS uuid
  LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$ SELECT (identity.current_context()).organization_id $$;

CREATE FUNCTION identity.current_user_id() RETURNS uuid
  LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$ SELECT (identity.current_context()).user_id $$;

CREATE FUNCTION identity.current_station() RETURNS text
  LANGUAGE sql STABLE SET search_path = pg_catalog
AS $$ SELECT (identity.current_context()).station_code $$;

-- Plants that the signed-in user may read, or write. An array, so that a policy is one leakproof `= ANY`.
CREATE FUNCTION identity.plants(mode text) RETURNS uuid[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
  SELECT coalesce(array_agg(a.plant_id), '{}')
  FROM identity.current_context() c
  JOIN identity.user_plant_access a ON a.organization_id = c.organization_id AND a.user_id = c.user_id
  WHERE (mode = 'read' OR a.may_write)
    AND (c.vouched_by IS NULL OR EXISTS (
      SELECT FROM identity.user_plant_access v
      WHERE v.organization_id = c.organization_id AND v.user_id = c.vouched_by AND v.plant_id = a.plant_id
        AND (mode = 'read' OR v.may_write)))
$$;

-- What a context may do: what the person may, and in a vouched session what the station may besides.
CREATE FUNCTION identity.permissions(c identity.context) RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
  SELECT rp.permission FROM identity.user_roles ur
    JOIN identity.role_permissions rp ON rp.organization_id = ur.organization_id AND rp.role_id = ur.role_id
    WHERE ur.organization_id = c.organization_id AND ur.user_id = c.user_id
  INTERSECT
  SELECT rp.permission FROM identity.user_roles ur
    JOIN identity.role_permissions rp ON rp.organization_id = ur.organization_id AND rp.role_id = ur.role_id
    WHERE ur.organization_id = c.organization_id AND ur.user_id = coalesce(c.vouched_by, c.user_id)
$$;

CREATE FUNCTION identity.can(wanted text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
  SELECT wanted IN (SELECT identity.permissions(identity.current_context()))
$$;

-- The door of every transaction. Raises 28000 where the token is not (or no longer) good.
CREATE FUNCTION identity.begin(token text, actor uuid DEFAULT NULL, captured_at timestamptz DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
  PERFORM set_config('lanewright.token', coalesce(token, ''), true);
  PERFORM set_config('lanewright.actor', coalesce(actor::text, ''), true);
  PERFORM set_config('lanewright.captured_at', coalesce(captured_at::text, ''), true);
  IF (identity.current_context()).session_id IS NULL THEN
    RAISE EXCEPTION 'no such session' USING ERRCODE = '28000';
  END IF;
END
$$;

-- Five wrong passwords lock for a minute, and twice as long for each one after that, up to a day. The counter stands in the
-- row, so a restart forgets nothing. An unknown login costs the same bcrypt and gets the same answer.
CREATE FUNCTION identity.sign_in(wanted_login text, password text, station text)
  RETURNS TABLE (outcome text, token text, session_id uuid, retry_at timestamptz)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
  found identity.users;
  stand_in constant text := '$2a$12$C6UzMDM.H6dfI/f/IKcEe.4Q1pX0R0H4Yv8xkV0Z7T4L6nC2jW1bK';
  matches boolean;
  fresh text;
BEGIN
  SELECT * INTO found FROM identity.users u WHERE u.login = lower(trim(wanted_login)) FOR UPDATE;
  matches := public.crypt(password, coalesce(found.password_hash, stand_in)) = coalesce(found.password_hash, '');
  IF found.locked_until > now() THEN
    RETURN QUERY SELECT 'locked', NULL::text, NULL::uuid, found.locked_until; RETURN;
  END IF;
  IF found.id IS NULL OR NOT matches OR NOT found.active THEN
    IF found.id IS NOT NULL THEN
      UPDATE identity.users u SET failed_attempts = u.failed_attempts + 1,
        locked_until = CASE WHEN u.failed_attempts >= 4
          THEN now() + least(interval '1 day', interval '1 minute' * 2 ^ least(u.failed_attempts - 4, 12)) END
        WHERE u.organization_id = found.organization_id AND u.id = found.id
        RETURNING u.locked_until INTO found.locked_until;
    END IF;
    RETURN QUERY SELECT 'wrong', NULL::text, NULL::uuid, found.locked_until; RETURN;
  END IF;
  UPDATE identity.users u SET failed_attempts = 0, locked_until = NULL
    WHERE u.organization_id = found.organization_id AND u.id = found.id AND (u.failed_attempts > 0 OR u.locked_until IS NOT NULL);
  fresh := encode(public.gen_random_bytes(32), 'hex');
  RETURN QUERY INSERT INTO identity.sessions (id, organization_id, user_id, token_hash, station_code, expires_at)
    VALUES (app.uuidv7(), found.organization_id, found.id, public.digest(fresh, 'sha256'),
            CASE found.kind WHEN 'station' THEN found.station_code ELSE station END,
            now() + CASE found.kind WHEN 'station' THEN interval '30 days' ELSE interval '12 hours' END)
    RETURNING 'signed-in'::text, fresh, id, NULL::timestamptz;
END
$$;

CREATE FUNCTION identity.sign_out() RETURNS void
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $$ UPDATE identity.sessions SET ended_at = clock_timestamp() WHERE id = (identity.current_context()).session_id $$;

-- A station that is back tells of a session that it opened while the database was away, once it had checked the password
-- against its own verifier. Only its own account may, and the session gets no right that the station has not.
-- Told again, it says the same. False: nobody by that id works here any more, or the times cannot be true.
CREATE FUNCTION identity.vouch(wanted_session uuid, person uuid, session_token_hash bytea, opened_at timestamptz, wanted_expiry timestamptz)
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE
  station identity.context := identity.current_context();
BEGIN
  IF NOT EXISTS (SELECT FROM identity.users u
      WHERE u.organization_id = station.organization_id AND u.id = station.user_id AND u.kind = 'station') THEN
    RAISE EXCEPTION 'only a station may vouch for a session' USING ERRCODE = '42501';
  END IF;
  INSERT INTO identity.sessions (id, organization_id, user_id, token_hash, station_code, created_at, expires_at, vouched_by)
    SELECT wanted_session, u.organization_id, u.id, session_token_hash, station.station_code, opened_at, wanted_expiry, station.user_id
    FROM identity.users u
    WHERE u.organization_id = station.organization_id AND u.id = person AND u.active
      AND octet_length(session_token_hash) = 32
      -- Stations work offline for weeks, and their clocks may be wrong by a day.
      AND opened_at BETWEEN now() - interval '60 days' AND now() + interval '1 day'
      AND wanted_expiry > opened_at AND wanted_expiry <= opened_at + interval '12 hours'
    ON CONFLICT DO NOTHING;
  RETURN EXISTS (SELECT FROM identity.sessions s
    WHERE s.id = wanted_session AND s.user_id = person AND s.token_hash = session_token_hash AND s.vouched_by = station.user_id);
END
$$;

-- Who is signed in, in one row for the application.
CREATE FUNCTION identity.whoami()
  RETURNS TABLE (session_id uuid, user_id uuid, login text, display_name text, kind text, organization_id uuid,
                 organization_name text, gs1_company_prefix text, home_plant_id uuid, expires_at timestamptz,
                 roles text[], permissions text[], plants jsonb, vouched boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
  SELECT s.id, u.id, u.login, u.display_name, u.kind, o.id, o.name, o.gs1_company_prefix, u.home_plant_id, s.expires_at,
    coalesce((SELECT array_agg(r.code ORDER BY r.code) FROM identity.user_roles ur
       JOIN identity.roles r ON r.organization_id = ur.organization_id AND r.id = ur.role_id
       WHERE ur.organization_id = u.organization_id AND ur.user_id = u.id), '{}'),
    coalesce((SELECT array_agg(permission ORDER BY permission) FROM identity.permissions(c) AS permission), '{}'),
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', p.id, 'code', p.code, 'name', p.name, 'timeZone', p.time_zone,
         'mayWrite', p.id = ANY (identity.plants('write'))) ORDER BY p.code)
       FROM identity.user_plant_access a JOIN org.plants p ON p.organization_id = a.organization_id AND p.id = a.plant_id
       WHERE a.organization_id = u.organization_id AND a.user_id = u.id AND a.plant_id = ANY (identity.plants('read'))), '[]'),
    c.vouched_by IS NOT NULL
  FROM identity.current_context() c
  JOIN identity.sessions s ON s.id = c.session_id
  JOIN identity.users u ON u.organization_id = c.organization_id AND u.id = c.user_id
  JOIN org.organizations o ON o.id = c.organization_id
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.current_context(), identity.current_organization(), identity.current_user_id(),
  identity.current_station(), identity.plants(text), identity.can(text), identity.begin(text, uuid, timestamptz),
  identity.sign_in(text, text, text), identity.sign_out(), identity.whoami(),
  identity.vouch(uuid, uuid, bytea, timestamptz, timestamptz) TO lanewright_app;

-- One search over everything that has a number or a name. What is found is filtered here by organization, plant and
-- permission: operators that search text are not leakproof, and under row-level security they would lose their indexes.

CREATE TABLE app.search_sources (
  kind text PRIMARY KEY CHECK (kind ~ '^[a-z]+(-[a-z]+)*$'),
  target regclass NOT NULL UNIQUE,
  plant_expression text NOT NULL DEFAULT 'r.plant_id',
  code_expression text NOT NULL,
  title_expression text NOT NULL,
  project_expression text NOT NULL DEFAULT 'NULL',
  kept_when text NOT NULL DEFAULT 'true',
  weight real NOT NULL DEFAULT 0 CHECK (weight BETWEEN 0 AND 0.2),
  read_permission text NOT NULL DEFAULT ''
);
COMMENT ON TABLE app.search_sources IS 'What is searched: a table a kind, and what of its row (r) is the code that people scan or type, and the words beside it.';
COMMENT ON COLUMN app.search_sources.project_expression IS 'The project that has to be open to whoever finds the row.';
COMMENT ON COLUMN app.search_sources.kept_when IS 'Rows that are not (any more) to be found do not meet this.';
COMMENT ON COLUMN app.search_sources.weight IS 'Added to the rank: what is sought more often stands higher.';

-- Numbers of words instead of words: small, and no number belongs to two organizations.
CREATE TABLE app.search_words (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  word text NOT NULL,
  word_no integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  PRIMARY KEY (organization_id, word)
);
COMMENT ON TABLE app.search_words IS 'The words of all titles. A word that no title has any more stays: it finds nothing.';
CREATE INDEX search_words_prefix ON app.search_words (organization_id, word text_pattern_ops);
CREATE INDEX search_words_similar ON app.search_words USING gin (word public.gin_trgm_ops);

CREATE TABLE app.search_entries (
  organization_id uuid NOT NULL REFERENCES org.organizations,
  kind text NOT NULL REFERENCES app.search_sources,
  id uuid NOT NULL,
  plant_id uuid,
  project_id uuid,
  code text NOT NULL,
  title text NOT NULL,
  code_key text NOT NULL,
  number_key text,
  words integer[] NOT NULL,
  PRIMARY KEY (organization_id, kind, id)
);
COMMENT ON TABLE app.search_entries IS 'What app.search looks in: kept by triggers on the tables of app.search_sources, made anew by app.rebuild_search.';
COMMENT ON COLUMN app.search_entries.code_key IS 'The code in small letters and digits, without what stands between them.';
COMMENT ON COLUMN app.search_entries.number_key IS 'The digits that the code ends with, without leading zeros: people type 123 for WO-000123.';
CREATE INDEX search_entries_code ON app.search_entries (organization_id, code_key text_pattern_ops);
CREATE INDEX search_entries_number ON app.search_entries (organization_id, number_key text_pattern_ops);
CREATE INDEX search_entries_words ON app.search_entries USING gin (words);

-- Small letters without accents, as people type them.
CREATE FUNCTION app.search_text(given text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT replace(replace(replace(lower(regexp_replace(normalize(given, NFKD), U&'[\0300-\036F]', '', 'g')),
    'ß', 'ss'), 'æ', 'ae'), 'ø', 'o')
$$;

CREATE FUNCTION app.search_key(given text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT regexp_replace(app.search_text(given), '[^[:alnum:]]', '', 'g') $$;

CREATE FUNCTION app.search_number(given text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif(ltrim(substring(given FROM '[0-9]+$'), '0'), '') $$;

CREATE FUNCTION app.search_tokens(given text) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce(array_agg(DISTINCT token ORDER BY token), '{}')
  FROM regexp_split_to_table(app.search_text(given), '[^[:alnum:]]+') AS token WHERE token <> ''
$$;

-- The query that makes entries of rows: relation is a table, or the transition table of a trigger.
CREATE FUNCTION app.search_rows_query(source app.search_sources, relation text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT r.organization_id, %L::text AS kind, r.id, (%s)::uuid AS plant_id, (%s)::uuid AS project_id, (%s)::text AS code, coalesce((%s)::text, '''') AS title
    FROM %s r WHERE %s', source.kind, source.plant_expression,
    source.project_expression, source.code_expression, source.title_expression, relation, source.kept_when)
$$;

-- The two statements that write entries of what rows_query gives. Texts, because only a trigger's own function sees its
-- transition tables. Words go in by their order, so that two who bring the same new ones do not wait crosswise.
CREATE FUNCTION app.search_words_statement(rows_query text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('INSERT INTO app.search_words (organization_id, word)
    SELECT DISTINCT f.organization_id, w.word FROM (%s) f, unnest(app.search_tokens(f.title)) AS w(word)
      WHERE NOT EXISTS (SELECT FROM app.search_words k WHERE k.organization_id = f.organization_id AND k.word = w.word)
      ORDER BY 1, 2 ON CONFLICT DO NOTHING', rows_query)
$$;

CREATE FUNCTION app.search_entries_statement(rows_query text) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('INSERT INTO app.search_entries
      (organization_id, kind, id, plant_id, project_id, code, title, code_key, number_key, words)
    SELECT f.organization_id, f.kind, f.id, f.plant_id, f.project_id, f.code, f.title,
      app.search_key(f.code), app.search_number(f.code),
      ARRAY(SELECT k.word_no FROM unnest(app.search_tokens(f.title)) AS w(word)
        JOIN app.search_words k ON k.organization_id = f.organization_id AND k.word = w.word)
    FROM (%s) f WHERE f.code IS NOT NULL
    ON CONFLICT (organization_id, kind, id) DO UPDATE SET plant_id = excluded.plant_id, project_id = excluded.project_id,
      code = excluded.code, title = excluded.title, code_key = excluded.code_key, number_key = excluded.number_key,
      words = excluded.words', rows_query)
$$;

CREATE FUNCTION app.follow_for_search() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  source app.search_sources;
  fresh text;
BEGIN
  SELECT * INTO source FROM app.search_sources s WHERE s.kind = TG_ARGV[0];
  IF TG_OP <> 'INSERT' THEN
    -- Gone, or no longer to be found.
    EXECUTE format('DELETE FROM app.search_entries e USING old_rows o
      WHERE e.organization_id = o.organization_id AND e.kind = %L AND e.id = o.id %s', source.kind,
      CASE TG_OP WHEN 'DELETE' THEN '' ELSE format('AND NOT EXISTS (SELECT FROM new_rows r
        WHERE r.organization_id = o.organization_id AND r.id = o.id AND (%s))', source.kept_when) END);
    IF TG_OP = 'DELETE' THEN RETURN NULL; END IF;
  END IF;
  fresh := app.search_rows_query(source, 'new_rows');
  IF TG_OP = 'UPDATE' THEN
    fresh := fresh || ' EXCEPT ' || app.search_rows_query(source, 'old_rows');
  END IF;
  EXECUTE app.search_words_statement(fresh);
  EXECUTE app.search_entries_statement(fresh);
  RETURN NULL;
END
$$;

-- For after a load without triggers, and for titles that name something else whose name has changed.
CREATE FUNCTION app.rebuild_search() RETURNS bigint
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  source app.search_sources;
  fresh text;
BEGIN
  FOR source IN SELECT * FROM app.search_sources LOOP
    EXECUTE format('DELETE FROM app.search_entries e WHERE e.kind = %L AND NOT EXISTS (
      SELECT FROM %s r WHERE r.organization_id = e.organization_id AND r.id = e.id AND (%s))', source.kind, source.target, source.kept_when);
    fresh := app.search_rows_query(source, source.target::text);
    EXECUTE app.search_words_statement(fresh);
    EXECUTE app.search_entries_statement(fresh);
  END LOOP;
  RETURN (SELECT count(*) FROM app.search_entries);
END
$$;
COMMENT ON FUNCTION app.rebuild_search() IS 'Makes all entries anew; returns how many there are.';

-- All codes that differ from this one by a letter or digit that is wrong, missing, too much, or swapped with its neighbour
-- (Damerau-Levenshtein distance 1): some hundreds, each one look-up in the index.
CREATE FUNCTION app.search_neighbours(code_key text) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT array_agg(DISTINCT neighbour) FROM (
    SELECT left(code_key, at - 1) || substr(code_key, at + 1) AS neighbour FROM generate_series(1, length(code_key)) AS at
    UNION ALL
    SELECT left(code_key, at - 1) || substr(code_key, at + 1, 1) || substr(code_key, at, 1) || substr(code_key, at + 2)
      FROM generate_series(1, length(code_key) - 1) AS at
    UNION ALL
    SELECT left(code_key, at - 1) || letter || substr(code_key, at + width)
      FROM generate_series(1, length(code_key) + 1) AS at, generate_series(0, 1) AS width,
           regexp_split_to_table('0123456789abcdefghijklmnopqrstuvwxyz', '') AS letter) AS made
$$;

CREATE FUNCTION app.search(query text, at_most integer DEFAULT 20)
  RETURNS TABLE (kind text, id uuid, plant_id uuid, code text, title text, rank real)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET pg_trgm.similarity_threshold = 0.3
AS $$
DECLARE
  -- More than this many are not looked at: whoever meant one of the others types another letter.
  candidates constant integer := 200;
  organization constant uuid := identity.current_organization();
  readable constant uuid[] := identity.plants('read');
  closed constant uuid[] := project.closed_to_me();
  wanted constant integer := least(greatest(at_most, 1), 100);
  code_wanted constant text := app.search_key(left(query, 200));
  tokens constant text[] := (app.search_tokens(left(query, 200)))[1:8];
  kinds text[];
  token text;
  exact integer[];
  starting integer[];
  alike integer[];
  conditions text := '';
  scores text := '0';
BEGIN
  IF organization IS NULL OR code_wanted = '' THEN RETURN; END IF;
  SELECT array_agg(s.kind) INTO kinds FROM app.search_sources s
    WHERE s.read_permission = '' OR identity.can(s.read_permission);

  -- Words: each one of the query has to be met, by a word, by the beginning of one, by one that looks like it, or in the code.
  FOREACH token IN ARRAY tokens LOOP
    SELECT coalesce(array_agg(found.word_no) FILTER (WHERE found.word = token), '{}'), coalesce(array_agg(found.word_no), '{}')
      INTO exact, starting
      FROM (SELECT w.word, w.word_no FROM app.search_words w
        WHERE w.organization_id = organization AND w.word ~>=~ token AND w.word ~<~ (token || chr(1114111))
        ORDER BY w.word USING ~<~ LIMIT 100) AS found;
    alike := '{}';
    IF starting = '{}' AND length(token) > 2 AND token !~ '[0-9]' THEN
      SELECT coalesce(array_agg(found.word_no), '{}') INTO alike
        FROM (SELECT w.word_no FROM app.search_words w
          WHERE w.organization_id = organization AND w.word OPERATOR(public.%) token
          ORDER BY public.similarity(w.word, token) DESC LIMIT 5) AS found;
    END IF;
    IF starting = '{}' AND alike = '{}' THEN
      conditions := conditions || format(' AND (strpos(e.code_key, %L) > 0 OR e.number_key = %L)', token, ltrim(token, '0'));
      scores := scores || ' + 0.7';
    ELSE
      conditions := conditions || format(' AND e.words && %L', starting || alike);
      scores := scores || format(' + CASE WHEN e.words && %L THEN 0.9 WHEN e.words && %L THEN 0.8 ELSE 0.5 END', exact, starting);
    END IF;
  END LOOP;

  RETURN QUERY EXECUTE format('
    WITH by_code AS (
      (SELECT e.kind, e.id, CASE WHEN e.code_key = $3 THEN 1.5 ELSE 1.2 - least(length(e.code_key) - length($3), 20) * 0.01 END AS score
        FROM app.search_entries e WHERE e.organization_id = $1 AND e.code_key ~>=~ $3 AND e.code_key ~<~ ($3 || chr(1114111))
          AND e.kind = ANY ($4) AND (e.plant_id IS NULL OR e.plant_id = ANY ($2)) AND (e.project_id IS NULL OR e.project_id <> ALL ($7))
        ORDER BY e.code_key USING ~<~ LIMIT $5)
      UNION ALL
      (SELECT e.kind, e.id, CASE WHEN e.number_key = ltrim($3, ''0'') THEN 1.4 ELSE 1.0 END
        FROM app.search_entries e WHERE $3 ~ ''^[0-9]+$'' AND e.organization_id = $1
          AND e.number_key ~>=~ ltrim($3, ''0'') AND e.number_key ~<~ (ltrim($3, ''0'') || chr(1114111))
          AND e.kind = ANY ($4) AND (e.plant_id IS NULL OR e.plant_id = ANY ($2)) AND (e.project_id IS NULL OR e.project_id <> ALL ($7))
        ORDER BY e.number_key USING ~<~ LIMIT $5)
    ), by_words AS (
      SELECT e.kind, e.id, (%s) / %s AS score FROM app.search_entries e
        WHERE %s AND e.organization_id = $1 AND e.kind = ANY ($4) AND (e.plant_id IS NULL OR e.plant_id = ANY ($2)) AND (e.project_id IS NULL OR e.project_id <> ALL ($7)) %s
        LIMIT $5
    ), mistyped AS (
      SELECT e.kind, e.id, 0.4 AS score FROM app.search_entries e
        WHERE NOT EXISTS (SELECT FROM by_code) AND NOT EXISTS (SELECT FROM by_words) AND length($3) BETWEEN 4 AND 24
          AND e.organization_id = $1 AND e.code_key = ANY (app.search_neighbours($3))
          AND e.kind = ANY ($4) AND (e.plant_id IS NULL OR e.plant_id = ANY ($2)) AND (e.project_id IS NULL OR e.project_id <> ALL ($7))
        LIMIT $5
    ), best AS (
      SELECT f.kind, f.id, max(f.score) AS score
        FROM (SELECT * FROM by_code UNION ALL SELECT * FROM by_words UNION ALL SELECT * FROM mistyped) AS f GROUP BY 1, 2)
    SELECT e.kind, e.id, e.plant_id, e.code, e.title, (b.score + s.weight)::real AS rank
      FROM best b JOIN app.search_sources s ON s.kind = b.kind
      JOIN app.search_entries e ON e.organization_id = $1 AND e.kind = b.kind AND e.id = b.id
      ORDER BY rank DESC, length(e.code), e.code LIMIT $6',
    scores, greatest(cardinality(tokens), 1),
    -- A query that no word meets is one for codes alone.
    CASE WHEN conditions LIKE '%e.words%' THEN 'true' ELSE 'false' END, conditions)
    USING organization, readable, code_wanted, kinds, candidates, wanted, closed;
END
$$;
COMMENT ON FUNCTION app.search(text, integer) IS 'What the signed-in person may see and means: by code (its beginning, its number, one mistake) and by words (in any order, their beginnings, mistyped), best first. rank: above 1 by code, below by words.';
GRANT EXECUTE ON FUNCTION app.search(text, integer) TO lanewright_app, lanewright_report;

INSERT INTO app.search_sources (kind, target, plant_expression, project_expression, code_expression, title_expression, kept_when, weight, read_permission) VALUES
  ('work-order', 'production.work_orders', 'r.plant_id', 'NULL', 'r.number',
   $$concat_ws(' ', (SELECT m.code || ' ' || m.name FROM material.materials m WHERE m.organization_id = r.organization_id AND m.id = r.material_id), r.customer, r.description)$$,
   'true', 0.1, ''),
  ('service-order', 'orders.service_orders', 'r.plant_id', 'NULL', 'coalesce(r.sales_order_number, r.sales_order_id, r.external_order_id)',
   $$concat_ws(' ', r.product_name, r.customer_name)$$, 'true', 0.05, ''),
  ('material', 'material.materials', 'r.plant_id', 'NULL', 'r.code', $$concat_ws(' ', r.name, r.brand, r.family, r.gtin)$$, 'true', 0.1, ''),
  ('lot', 'trace.lots', 'r.plant_id', 'NULL', 'r.number',
   $$concat_ws(' ', (SELECT m.name FROM material.materials m WHERE m.organization_id = r.organization_id AND m.id = r.material_id), r.supplier, r.supplier_lot_number)$$,
   'true', 0.05, ''),
  ('serial', 'trace.serials', 'r.plant_id', 'NULL', 'r.number', $$''$$, 'true', 0, ''),
  ('project', 'project.projects', 'r.plant_id', 'r.id', 'r.number', $$concat_ws(' ', r.name, r.customer_name, r.erp_sales_order)$$,
   'r.deleted_at IS NULL', 0.1, ''),
  ('ncr', 'quality.ncrs', 'r.plant_id', 'NULL', 'r.number', 'r.description', 'true', 0.05, ''),
  ('supplier', 'material.suppliers', 'NULL', 'NULL', 'r.code', 'r.name', 'true', 0.05, ''),
  ('machine', 'equipment.machines', 'r.plant_id', 'NULL', 'r.code', $$concat_ws(' ', r.name, r.manufacturer, r.model, r.serial_number)$$, 'r.active', 0.1, ''),
  ('shipment', 'logistics.shipments', 'r.plant_id', 'NULL', 'r.number', $$concat_ws(' ', r.customer, r.carrier, r.tracking_number)$$, 'true', 0.05, ''),
  ('person', 'identity.users', 'NULL', 'NULL', 'coalesce(r.employee_code, r.display_name)', 'r.display_name',
   $$r.kind = 'person' AND r.active$$, 0, ''),
  ('document', 'project.documents', 'r.plant_id', 'r.project_id', 'r.name', 'r.name', 'true', 0, '');

DO $$
DECLARE
  source app.search_sources;
  verb text;
BEGIN
  FOR source IN SELECT * FROM app.search_sources LOOP
    FOREACH verb IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
      EXECUTE format('CREATE TRIGGER search_on_%1$s AFTER %1$s ON %2$s REFERENCING %3$s
        FOR EACH STATEMENT EXECUTE FUNCTION app.follow_for_search(%4$L)', verb, source.target,
        CASE verb WHEN 'insert' THEN 'NEW TABLE AS new_rows' WHEN 'delete' THEN 'OLD TABLE AS old_rows'
                  ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END, source.kind);
    END LOOP;
  END LOOP;
END
$$;

INSERT INTO app.table_rules (target, scope, stamped, audited) VALUES
  ('app.search_sources', 'plumbing', false, false),
  ('app.search_words', 'plumbing', false, false),
  ('app.search_entries', 'plumbing', false, false);

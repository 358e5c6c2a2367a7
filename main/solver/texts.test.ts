import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultRules } from '#domain/scheduling/checker/fault';
import { violationRules } from '#domain/scheduling/checker/violation';
import { whyLateCauses } from '#domain/scheduling/explain/why-late';

const texts = (piece: string) =>
  Object.keys(
    JSON.parse(
      readFileSync(join(import.meta.dirname, `../../resources/locales/en/${piece}.json`), 'utf8'),
    ) as object,
  ).toSorted();

test('every rule that can be broken has a text, and no text is left over', () => {
  expect(texts('violation')).toEqual(violationRules.map((rule) => `violation.${rule}`).toSorted());
  expect(texts('problem')).toEqual(faultRules.map((rule) => `problem.${rule}`).toSorted());
  expect(texts('why-late')).toEqual(whyLateCauses.map((cause) => `why-late.${cause}`).toSorted());
});

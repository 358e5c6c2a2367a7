import { expect, test } from 'vitest';
import { brokenPasswordRules } from './fit-password.ts';

test.each([
  ['correct horse battery', 'petra', []],
  ['elevenchars', 'petra', ['length']],
  ['äöüÄÖÜß123456789', 'petra', []],
  ['x'.repeat(12), 'petra', ['variety']],
  ['abcde'.repeat(15), 'petra', ['bytes']],
  // 25 characters, 75 bytes.
  ['€₤₦₨₩'.repeat(5), 'petra', ['bytes']],
  ['i am PETRA and i know', 'petra', ['login']],
  ['short', '', ['length']],
  ['', 'petra', ['length', 'variety']],
])('"%s" for %s breaks %j', (password, login, broken) => {
  expect(brokenPasswordRules(password, login)).toEqual(broken);
});

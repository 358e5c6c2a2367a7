/** Whether a new password will do, as identity.fit_password asks: the page says at once what the database would refuse. */

export type PasswordRule = 'length' | 'bytes' | 'login' | 'variety';

const leastCharacters = 12;
/** bcrypt reads no more. */
const mostBytes = 72;
const leastKinds = 5;

/** @returns the rules that it breaks. NIST SP 800-63B: length counts, kinds of characters do not. */
export function brokenPasswordRules(password: string, login: string): readonly PasswordRule[] {
  const letters = [...password];
  const broken: PasswordRule[] = [];
  if (letters.length < leastCharacters) broken.push('length');
  if (utf8Bytes(letters) > mostBytes) broken.push('bytes');
  if (login !== '' && password.toLowerCase().includes(login.toLowerCase())) broken.push('login');
  if (new Set(letters).size < leastKinds) broken.push('variety');
  return broken;
}

function utf8Bytes(letters: readonly string[]): number {
  return letters.reduce((bytes, letter) => {
    const point = letter.codePointAt(0) ?? 0;
    if (point < 0x80) return bytes + 1;
    if (point < 0x800) return bytes + 2;
    return bytes + (point < 0x1_0000 ? 3 : 4);
  }, 0);
}

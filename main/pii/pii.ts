/**
 * Personal data at rest: AES-256-GCM with keys that the database never sees, and blind indexes to find
 * what cannot be read. The database keeps `<name>_cipher bytea` and, where it is searched for,
 * `<name>_index bytea`.
 *
 * A cipher is: format (1 byte, 1), key version (2 bytes, big-endian), nonce (12), text, tag (16); with
 * at least one character 32 bytes or more. Header and place are authenticated with it, so that a cipher
 * moved to another row or column does not open there.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { unavailable } from '#contract/errors';
import type { Keyring } from './keyring.ts';

const format = 1;
const headerBytes = 3;
const nonceBytes = 12;
const tagBytes = 16;

/** What is searched for; says how it is written alike before it is hashed. */
export type IndexKind = 'email' | 'phone' | 'text';

export interface Pii {
  /** @param place where it will stand, for example `identity.users/email/<id>`: it opens nowhere else. */
  encrypt(text: string, place: string): Buffer;
  /** @throws AppError `Unavailable`: `error.pii-key-unknown` (no key of that version), `error.pii-unreadable`. */
  decrypt(cipher: Uint8Array, place: string): string;
  /** False: written under an older key, and to be written anew. */
  isCurrent(cipher: Uint8Array): boolean;
  /** 32 bytes, under the current key: what is stored. */
  blindIndex(kind: IndexKind, text: string): Buffer;
  /** The same under each key, newest first: what is looked for while rows of older keys remain. */
  blindIndexes(kind: IndexKind, text: string): Buffer[];
}

interface DerivedKeys {
  readonly encryption: Buffer;
  readonly index: Buffer;
}

/** @param random only tests give another one: a nonce used twice under a key breaks GCM. */
export function createPii(keyring: Keyring, random: (size: number) => Buffer = randomBytes): Pii {
  const derived = new Map([...keyring.keys].map(([version, key]) => [version, derive(key)]));

  const keysOf = (version: number): DerivedKeys => {
    const keys = derived.get(version);
    if (!keys) throw unavailable('error.pii-key-unknown', { version });
    return keys;
  };

  return {
    encrypt(text, place) {
      const header = Buffer.alloc(headerBytes);
      header.writeUInt8(format, 0);
      header.writeUInt16BE(keyring.current, 1);
      const nonce = random(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keysOf(keyring.current).encryption, nonce);
      cipher.setAAD(Buffer.concat([header, Buffer.from(place)]));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([header, nonce, body, cipher.getAuthTag()]);
    },
    decrypt(cipher, place) {
      const bytes = Buffer.from(cipher);
      const { encryption } = keysOf(versionOf(bytes));
      const bodyAt = headerBytes + nonceBytes;
      const tagAt = bytes.length - tagBytes;
      try {
        const opened = createDecipheriv('aes-256-gcm', encryption, bytes.subarray(headerBytes, bodyAt), {
          authTagLength: tagBytes,
        });
        opened.setAAD(Buffer.concat([bytes.subarray(0, headerBytes), Buffer.from(place)]));
        opened.setAuthTag(bytes.subarray(tagAt));
        return Buffer.concat([opened.update(bytes.subarray(bodyAt, tagAt)), opened.final()]).toString('utf8');
      } catch (cause) {
        throw unavailable('error.pii-unreadable', { place }, cause);
      }
    },
    isCurrent: (cipher) => versionOf(Buffer.from(cipher)) === keyring.current,
    blindIndex: (kind, text) => index(keysOf(keyring.current), kind, text),
    blindIndexes: (kind, text) =>
      [...derived.keys()].toSorted((a, b) => b - a).map((version) => index(keysOf(version), kind, text)),
  };
}

/** HKDF-SHA-256 (RFC 5869): one key never does two jobs. */
function derive(key: Buffer): DerivedKeys {
  const of = (info: string) => Buffer.from(hkdfSync('sha256', key, '', info, 32));
  return { encryption: of('lanewright pii encryption'), index: of('lanewright pii blind index') };
}

function versionOf(cipher: Buffer): number {
  if (cipher.length < headerBytes + nonceBytes + tagBytes || cipher[0] !== format) {
    throw unavailable('error.pii-unreadable', { place: '' });
  }
  return cipher.readUInt16BE(1);
}

function index(keys: DerivedKeys, kind: IndexKind, text: string): Buffer {
  return createHmac('sha256', keys.index)
    .update(`${kind}\0${normalised(kind, text)}`)
    .digest();
}

/** What people write in two ways and mean as one: case, spaces, `00` for `+`. */
function normalised(kind: IndexKind, text: string): string {
  const plain = text.normalize('NFKC').trim();
  switch (kind) {
    case 'email':
      return plain.toLowerCase();
    case 'phone':
      return plain.replaceAll(/[^0-9+]/g, '').replace(/^00/, '+');
    case 'text':
      return plain.toLowerCase().replaceAll(/\s+/g, ' ');
  }
}

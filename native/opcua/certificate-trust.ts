import { X509Certificate } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua';

/** What was decided of a server's certificate, for the Admin page and the audit. */
export interface CertificateDecision {
  readonly verdict: 'trusted' | 'trusted-on-first-use' | 'refused';
  /** Only with `refused`. `unknown` lies in `rejected/` and waits for a person. */
  readonly code?:
    | 'unknown'
    | 'time-invalid'
    | 'revoked'
    | 'weak-key'
    | 'wrong-application'
    | 'invalid'
    | 'no-certificate';
  /** SHA-1 of the certificate, in lower-case hex: what a person compares with the server's own display. */
  readonly thumbprint: string;
  readonly subject: string;
  readonly validFromAt: number;
  readonly validToAt: number;
}

/**
 * `explicit`: a person puts the certificate into `trusted/certs`. `first-use`: as long as that folder is
 * empty, the first sound certificate is taken; a second one never is.
 */
export type TrustPolicy = 'explicit' | 'first-use';

/** Opens the PKI folder (own/, trusted/, issuers/, rejected/ as in OPC 10000-12, F.1), making it and our key if needed. */
export async function openCertificateStore(directory: string): Promise<OPCUACertificateManager> {
  const store = new OPCUACertificateManager({
    rootFolder: directory,
    automaticallyAcceptUnknownCertificate: false,
    // Each connection reads the folders anew, so nothing needs to watch them.
    disableFileWatchers: true,
  });
  await store.initialize();
  return store;
}

/**
 * Judges the certificate that a server presents. It never throws for what a server sends.
 *
 * @param der the certificate, DER; further certificates of its chain may follow in the same bytes.
 * @param applicationUri what the endpoint description says the server is (OPC 10000-4, 6.1.3).
 */
export async function decideServerCertificate(
  store: OPCUACertificateManager,
  policy: TrustPolicy,
  der: Uint8Array,
  applicationUri: string | undefined,
): Promise<CertificateDecision> {
  const certificate = leafOf(der);
  if (!certificate) {
    const code = der.length === 0 ? 'no-certificate' : 'invalid';
    return { verdict: 'refused', code, thumbprint: '', subject: '', validFromAt: 0, validToAt: 0 };
  }
  const about = {
    thumbprint: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
    subject: certificate.subject.replaceAll('\n', ', '),
    validFromAt: Date.parse(certificate.validFrom),
    validToAt: Date.parse(certificate.validTo),
  };
  const refuse = (code: NonNullable<CertificateDecision['code']>): CertificateDecision => ({
    verdict: 'refused',
    code,
    ...about,
  });
  const soundness = unsoundCode(certificate, about, applicationUri);
  // An unknown certificate is kept in rejected/ by this very check.
  const status = (await store.checkCertificate(Buffer.from(der))).name;
  if (soundness === 'time-invalid' || soundness === 'weak-key') return refuse(soundness);
  if (status === 'Good') return { verdict: 'trusted', ...about };
  if (status.endsWith('TimeInvalid')) return refuse('time-invalid');
  if (status.endsWith('Revoked')) return refuse('revoked');
  if (status !== 'BadCertificateUntrusted') return refuse('invalid');
  if (policy !== 'first-use' || (await knowsAny(store.rootDir))) return refuse('unknown');
  if (soundness) return refuse(soundness);
  await store.trustCertificate(Buffer.from(certificate.raw));
  return { verdict: 'trusted-on-first-use', ...about };
}

/**
 * A person has compared the thumbprint: the certificate moves from `rejected/` to `trusted/certs`.
 *
 * @returns false when no rejected certificate has this thumbprint.
 */
export async function trustRejectedCertificate(directory: string, thumbprint: string): Promise<boolean> {
  const store = await openCertificateStore(directory);
  try {
    const rejected = join(directory, 'rejected');
    for (const name of await readdir(rejected)) {
      const certificate = leafOf(await readFile(join(rejected, name)));
      if (certificate?.fingerprint.replaceAll(':', '').toLowerCase() !== thumbprint.toLowerCase()) continue;
      await store.trustCertificate(Buffer.from(certificate.raw));
      return true;
    }
    return false;
  } finally {
    await store.dispose();
  }
}

function leafOf(bytes: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}

async function knowsAny(directory: string): Promise<boolean> {
  return (await readdir(join(directory, 'trusted/certs'))).some((name) => !name.startsWith('.'));
}

/** What is wrong with a certificate by itself, whoever vouches for it. */
function unsoundCode(
  certificate: X509Certificate,
  validity: Pick<CertificateDecision, 'validFromAt' | 'validToAt'>,
  applicationUri: string | undefined,
): CertificateDecision['code'] {
  const now = Date.now();
  if (!(validity.validFromAt <= now && now <= validity.validToAt)) return 'time-invalid';
  const details = certificate.publicKey.asymmetricKeyDetails;
  if (details?.modulusLength !== undefined && details.modulusLength < 2048) return 'weak-key';
  const isSelfSigned = certificate.checkIssued(certificate);
  if (isSelfSigned && !certificate.verify(certificate.publicKey)) return 'invalid';
  const names = certificate.subjectAltName?.split(', ') ?? [];
  if (applicationUri && !names.includes(`URI:${applicationUri}`)) return 'wrong-application';
  return undefined;
}

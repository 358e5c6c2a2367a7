import type { ConnectionState, OfflineReason } from '#native/devices/connection-state';
import type { CertificateDecision, TrustPolicy } from '#native/opcua/certificate-trust';
import type { MachineSample, MachineState, TagChange } from '#native/opcua/machine-sample';

/** Node ids as in `ns=1;s=Machines/M01/State`. */
export interface MachineTags {
  readonly state: string;
  readonly goodCount: string;
  readonly rejectCount: string;
  readonly fault?: string;
}

export interface MachineMapping {
  readonly machineCode: string;
  readonly tags: MachineTags;
  /** What the values of the state tag mean, for machines that send numbers or words of their own. */
  readonly stateByValue?: Readonly<Record<string, MachineState>>;
}

export interface OpcUaLineOptions {
  readonly endpointUrl: string;
  readonly securityPolicy: 'None' | 'Basic256Sha256' | 'Aes128_Sha256_RsaOaep' | 'Aes256_Sha256_RsaPss';
  readonly securityMode: 'None' | 'Sign' | 'SignAndEncrypt';
  /** One folder a line: what is trusted for one server is not trusted for another. */
  readonly certificateStoreDir: string;
  readonly trust: TrustPolicy;
  /** Anonymous when absent. */
  readonly user?: { readonly name: string; readonly password: string };
  readonly machines: readonly MachineMapping[];
  readonly samplingIntervalMs: number;
  readonly publishingIntervalMs: number;
}

export interface OpcUaLineHandlers {
  onMachine: (sample: MachineSample) => void;
  onState: (state: ConnectionState) => void;
  /** When a certificate was judged, and again when the verdict changes. */
  onCertificate: (decision: CertificateDecision) => void;
}

/** What one connection tells the line that holds it. */
export interface ConnectionEvents {
  onOnline: () => void;
  /** All changes of one machine that came together. */
  onChanges: (machineIndex: number, changes: readonly TagChange[]) => void;
  onCertificate: (decision: CertificateDecision) => void;
  /** Once: it could not be made, or was lost. */
  onEnd: (reason: OfflineReason, detail: string) => void;
}

declare module 'pino-roll' {
  import type { DestinationStream } from 'pino';

  /** The part of pino-roll 4's options that we use; its package carries no types. */
  interface Options {
    file: string;
    extension?: string;
    frequency?: 'daily' | 'hourly' | number;
    size?: string;
    mkdir?: boolean;
    limit?: { count: number };
    sync?: boolean;
  }
  export default function pinoRoll(options: Options): Promise<DestinationStream & { end(): void }>;
}

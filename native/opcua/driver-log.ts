import { format } from 'node:util';

/**
 * node-opcua writes to the console unless told otherwise, and has one logger for the whole process. What
 * it says comes here; nothing of it is needed to run the line (see `ConnectionState.detail`), but
 * support wants it in the log.
 */
export type DriverLogListener = (level: 'warning' | 'error', text: string) => void;

let listener: DriverLogListener = () => undefined;

/** Does not load node-opcua. */
export function setDriverLog(next: DriverLogListener): void {
  listener = next;
}

/** To be called by each module that uses node-opcua, with its two setters. */
export function takeOverDriverLog(
  setWarningLogger: (print: (...parts: unknown[]) => void) => void,
  setErrorLogger: (print: (...parts: unknown[]) => void) => void,
): void {
  setWarningLogger((...parts) => listener('warning', format(...parts)));
  setErrorLogger((...parts) => listener('error', format(...parts)));
}

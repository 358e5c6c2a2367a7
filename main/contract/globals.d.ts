/** What Node and browsers share and `lib.es2024` leaves out; the contract may use nothing else of either. */
export {};
declare global {
  function setTimeout(callback: () => void, delayMs: number): unknown;
  function clearTimeout(timer: unknown): void;
  function queueMicrotask(callback: () => void): void;
  function structuredClone<T>(value: T): T;
}

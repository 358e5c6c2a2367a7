/** Worker entry: the simulated line beside the core, on a thread of its own so that it cannot hold up a scan. */
import { parentPort, workerData } from 'node:worker_threads';
import { startSimulators } from '#native/simulators/simulators';
import type { SimulatorCommand, Simulators, SimulatorsOptions } from '#native/simulators/simulators';

export type SimulatorsRequest =
  | { readonly id: number; readonly command: SimulatorCommand }
  | { readonly id: number; readonly command: 'stop' };

const port = parentPort;
if (port) {
  const simulators: Simulators = await startSimulators(workerData as SimulatorsOptions);
  port.on('message', async ({ id, command }: SimulatorsRequest) => {
    if (command === 'stop') {
      await simulators.stop();
      port.postMessage({ id, reply: { ok: true } });
      port.close();
      return;
    }
    port.postMessage({ id, reply: await simulators.perform(command) });
  });
  port.postMessage({ id: 0, description: simulators.describe() });
}

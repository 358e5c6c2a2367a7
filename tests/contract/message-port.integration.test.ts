import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Channel } from '#contract/channel';
import { contractSuite } from './contract-suite.ts';
import { startContractCore } from './contract-core.ts';

function portChannel<Outgoing, Incoming>(port: MessagePort): Channel<Outgoing, Incoming> {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', (message: Incoming) => listener(message)),
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
  };
}

contractSuite('over a MessagePort', async () => {
  const { core, token, plantId, nudge, stop } = await startContractCore();
  return {
    token,
    plantId,
    nudge,
    transport: {
      async connect(presented) {
        const { port1, port2 } = new MessageChannel();
        core.attach(portChannel(port2), { token: presented });
        return portChannel(port1);
      },
      close: stop,
    },
  };
});

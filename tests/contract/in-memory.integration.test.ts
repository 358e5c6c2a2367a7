import { memoryChannel } from '#contract/channel';
import { contractSuite } from './contract-suite.ts';
import { startContractCore } from './contract-core.ts';

contractSuite('in memory', async () => {
  const { core, token, plantId, nudge, stop } = await startContractCore();
  return {
    token,
    plantId,
    nudge,
    transport: {
      async connect(presented) {
        const { client, core: end } = memoryChannel();
        core.attach(end, { token: presented });
        return client;
      },
      close: stop,
    },
  };
});

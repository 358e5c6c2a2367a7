/**
 * The one bridge into the page (`Bridge` of the host contract): no Electron object crosses it, and
 * nothing here takes an argument from the page but a listener.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { bridgeChannels, corePortMessage } from '#contract/host';
import type { Bridge, CoreState } from '#contract/host';

ipcRenderer.on(bridgeChannels.corePort, (event) => {
  // A port cannot cross the context bridge; a message to the own window carries it into the page.
  window.postMessage(corePortMessage, window.location.origin, [...event.ports]);
});

const bridge: Bridge = {
  platform: process.platform,
  requestPort: () => ipcRenderer.send(bridgeChannels.requestPort),
  onCoreState: (listener) => {
    const forward = (_event: unknown, state: CoreState) => listener(state);
    ipcRenderer.on(bridgeChannels.coreState, forward);
    ipcRenderer.send(bridgeChannels.watchCoreState);
    return () => void ipcRenderer.removeListener(bridgeChannels.coreState, forward);
  },
};

contextBridge.exposeInMainWorld('lanewright', bridge);

/** The shell's end of the preload bridge: two messages from the page, both without arguments (checklist 17, 20). */
import type { IpcMain, IpcMainEvent, MessagePortMain, WebContents } from 'electron';
import { bridgeChannels } from '#contract/host';
import type { CoreState } from '#contract/host';
import type { Log } from './log.ts';
import { logged } from './log.ts';
import { isTrustedSender } from './policy.ts';
import type { Supervisor } from './supervisor.ts';

export interface ShellBridge {
  /** To every page that watches. */
  publish(state: CoreState): void;
}

export function openBridge<Port>(
  ipc: Pick<IpcMain, 'on'>,
  supervisor: () => Pick<Supervisor<Port>, 'connect' | 'disconnect' | 'state'>,
  transfer: (port: Port) => MessagePortMain,
  log: Log,
): ShellBridge {
  const watching = new Set<WebContents>();
  const known = new Set<WebContents>();

  const onTrusted = (channel: string, handle: (sender: WebContents) => void) => {
    ipc.on(channel, (event: IpcMainEvent) => {
      if (!isTrustedSender(event.senderFrame)) {
        log('ipc.refused', { channel, by: logged(event.senderFrame?.url ?? '') });
        return;
      }
      const { sender } = event;
      if (!known.has(sender)) {
        known.add(sender);
        sender.once('destroyed', () => {
          known.delete(sender);
          watching.delete(sender);
          supervisor().disconnect(String(sender.id));
        });
      }
      handle(sender);
    });
  };

  onTrusted(bridgeChannels.requestPort, (sender) => {
    supervisor().connect(String(sender.id), (port) => {
      if (!sender.isDestroyed()) sender.postMessage(bridgeChannels.corePort, null, [transfer(port)]);
    });
  });
  onTrusted(bridgeChannels.watchCoreState, (sender) => {
    watching.add(sender);
    sender.send(bridgeChannels.coreState, supervisor().state());
  });

  return {
    publish: (state) => {
      for (const sender of watching) if (!sender.isDestroyed()) sender.send(bridgeChannels.coreState, state);
    },
  };
}

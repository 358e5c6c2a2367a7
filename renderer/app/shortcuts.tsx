/** Keys that work everywhere but where someone types. */
import { useEffect, useEffectEvent, useRef } from 'react';
import { Kbd, Modal } from '@mantine/core';
import { useText } from '../ui/messages.ts';
import type { MessageKey } from '../ui/messages.ts';
import type { Workspace } from './workspaces.ts';

/** A scanner that types begins like a person who types `g`: wait this long for what follows. */
const settleMs = 110;
const sequenceMs = 1_500;

export function typesInto(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input, textarea, select, [role="textbox"], [role="combobox"]'))
  );
}

/** `g` then a workspace's letter goes there, `?` opens the help. */
export function useShortcuts(
  workspaces: readonly Workspace[],
  actions: { readonly go: (id: Workspace['id']) => void; readonly help: () => void },
): void {
  const leadAt = useRef(0);
  const settling = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    clearTimeout(settling.current);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (typesInto(event.target)) return;
    const run = (action: () => void) => void (settling.current = setTimeout(action, settleMs));
    if (event.key === '?') return run(actions.help);
    if (event.key === 'g') return void (leadAt.current = event.timeStamp);
    if (event.timeStamp - leadAt.current > sequenceMs) return;
    leadAt.current = 0;
    const to = workspaces.find((workspace) => workspace.key === event.key);
    if (to) run(() => actions.go(to.id));
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

interface Group {
  readonly title: MessageKey;
  readonly rows: readonly (readonly [readonly string[], MessageKey])[];
}

const groups: readonly Group[] = [
  {
    title: 'app.help.anywhere',
    rows: [
      [['Ctrl', 'K'], 'app.help.palette'],
      [['?'], 'app.help.help'],
      [['Esc'], 'app.help.escape'],
    ],
  },
  {
    title: 'app.help.board',
    rows: [
      [['←', '→', '↑', '↓'], 'app.help.board-walk'],
      [['Shift', '↑', '↓'], 'app.help.board-range'],
      [['Enter'], 'app.help.board-lift'],
      [['Shift', 'F10'], 'app.help.board-menu'],
      [['Shift', 'Enter'], 'app.help.board-open'],
      [['M'], 'app.help.board-move-to'],
      [['L'], 'app.help.board-lock'],
      [['S'], 'app.help.board-split'],
      [['Del'], 'app.help.board-unschedule'],
      [['W'], 'app.help.board-work-order'],
      [['+', '−'], 'app.help.board-zoom'],
      [['0'], 'app.help.board-fit'],
      [['N'], 'app.help.board-now'],
      [['Ctrl', 'Z'], 'app.help.undo'],
      [['Ctrl', 'Shift', 'Z'], 'app.help.redo'],
    ],
  },
];

export function HelpSheet({
  opened,
  onClose,
  workspaces,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly workspaces: readonly Workspace[];
}) {
  const text = useText();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={text('app.help.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': text('app.close') }}
    >
      <div className="lw-help">
        <section>
          <h3>{text('app.help.go')}</h3>
          <dl>
            {workspaces.map((workspace) => (
              <div key={workspace.id}>
                <dt>
                  <Kbd>g</Kbd> <Kbd>{workspace.key}</Kbd>
                </dt>
                <dd>{text(`app.workspace.${workspace.id}`)}</dd>
              </div>
            ))}
          </dl>
        </section>
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{text(group.title)}</h3>
            <dl>
              {group.rows.map(([keys, what]) => (
                <div key={what}>
                  <dt>
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <dd>{text(what)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <p className="lw-help-note">{text('app.help.scan')}</p>
      </div>
    </Modal>
  );
}

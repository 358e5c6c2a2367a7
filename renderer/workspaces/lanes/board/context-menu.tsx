import { useEffect, useId, useState } from 'react';
import type { KeyboardEvent, ReactElement, ReactNode, RefObject } from 'react';
import type { BoardOperation } from '#domain/scheduling/types';
import type { BoardEditor } from './editor.ts';
import type { BoardState, OpenMenu } from './store.ts';
import { leastPart } from './tools/split.ts';
import type { FormatMessage } from './tools/tool.ts';
import styles from './context-menu.module.css';

interface MenuProps {
  readonly editor: BoardEditor;
  readonly state: BoardState;
  readonly menu: OpenMenu;
  /** What the point of the menu is measured from. */
  readonly board: RefObject<HTMLElement | null>;
  readonly formatMessage: FormatMessage;
  /** Gives the focus back to the board. */
  readonly onClosed: () => void;
}

/** The menu of a bar or of a lane, beside what it is about; arrows walk in it, Escape closes it. */
export function ContextMenu(props: MenuProps): ReactElement | null {
  const { editor, menu, onClosed } = props;
  const close = (): void => {
    editor.closeMenu();
    onClosed();
  };
  useEffect(() => {
    const onPointer = (event: PointerEvent): void => {
      const inside = event.target instanceof Element && event.target.closest('[data-board-menu]') !== null;
      if (!inside) editor.closeMenu();
    };
    window.addEventListener('pointerdown', onPointer, true);
    return () => window.removeEventListener('pointerdown', onPointer, true);
  }, [editor]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close();
    } else walk(event, event.currentTarget);
  };
  const operation = menu.operationId === undefined ? undefined : editor.store.shown(menu.operationId);
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the menu and of the form in it.
    <div
      // Another page is another panel: its first entry takes the focus when it comes.
      key={`${menu.page} ${menu.operationId ?? menu.laneId ?? ''}`}
      ref={(panel) => {
        if (panel === null) return;
        placeAt(panel, props.board.current, menu);
        focusFirst(panel);
      }}
      data-board-menu
      className={styles['menu']}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
    >
      {operation === undefined ? (
        <LaneMenu {...props} onClose={close} />
      ) : menu.page === 'split' ? (
        <SplitForm {...props} operation={operation} onClose={close} />
      ) : menu.page === 'move-to' ? (
        <LanesToChoose {...props} operation={operation} onClose={close} />
      ) : (
        <BarMenu {...props} operation={operation} onClose={close} />
      )}
    </div>
  );
}

interface PageProps extends MenuProps {
  readonly onClose: () => void;
}
type BarPageProps = PageProps & { readonly operation: BoardOperation };

function BarMenu({ editor, state, menu, formatMessage, operation, onClose }: BarPageProps): ReactElement {
  const count = state.selection.has(operation.operationId) ? state.selection.size : 1;
  const label =
    count > 1
      ? formatMessage({ id: 'board.menu.many' }, { count })
      : formatMessage({ id: 'board.menu' }, { code: operation.code });
  return (
    <div role="menu" aria-label={label}>
      {editor.actions(operation.operationId).map(({ id, label: name, keys, enabled }) => (
        <Item
          key={id}
          keys={keys}
          enabled={enabled}
          onChoose={() => {
            const asks = id === 'split' || id === 'move-to';
            // Closed before: what it does may put up something that takes the focus.
            if (!asks) onClose();
            if (menu.operationId !== undefined) editor.act(id, menu.operationId);
          }}
        >
          {formatMessage({ id: name })}
        </Item>
      ))}
    </div>
  );
}

/** The lanes that can do it, in the order of the board. */
function LanesToChoose({ editor, state, formatMessage, operation, onClose }: BarPageProps): ReactElement {
  const { operationId, eligibleLaneIds, placement } = operation;
  const lanes = state.lanes.filter(({ id }) => eligibleLaneIds.includes(id));
  return (
    <div role="menu" aria-label={formatMessage({ id: 'board.action.move-to' })}>
      {lanes.map(({ id, name, code }) => (
        <Item
          key={id}
          keys={code}
          enabled={id !== placement?.laneId}
          onChoose={() => {
            onClose();
            editor.moveTo(operationId, id);
          }}
        >
          {name}
        </Item>
      ))}
    </div>
  );
}

function LaneMenu({ editor, state, menu, formatMessage, onClose }: PageProps): ReactElement | null {
  const lane = state.lanes.find(({ id }) => id === menu.laneId);
  if (lane === undefined) return null;
  const choose = (action: () => void) => () => {
    onClose();
    action();
  };
  const bars = state.barsByLane.get(lane.id)?.operations ?? [];
  return (
    <div role="menu" aria-label={formatMessage({ id: 'board.menu.lane' }, { lane: lane.name })}>
      <Item
        keys=""
        enabled={bars.length > 0}
        onChoose={choose(() => {
          const ids = bars.map(({ operationId }) => operationId);
          editor.selectMany(ids, ids[0]);
        })}
      >
        {formatMessage({ id: 'board.action.select-lane' })}
      </Item>
      {editor.mayReorder() &&
        ([-1, 1] as const).map((step) => (
          <Item
            key={step}
            keys={step < 0 ? 'Alt+ArrowUp' : 'Alt+ArrowDown'}
            enabled
            onChoose={choose(() => editor.stepLane(lane.id, step))}
          >
            {formatMessage({ id: step < 0 ? 'board.action.lane-up' : 'board.action.lane-down' })}
          </Item>
        ))}
    </div>
  );
}

function SplitForm({ editor, formatMessage, operation, onClose }: BarPageProps): ReactElement {
  const { operationId, quantity, unit } = operation;
  const step = leastPart(quantity);
  const [keeps, setKeeps] = useState(String(Math.round(quantity / step / 2) * step));
  const field = useId();
  const value = Number(keeps.replace(',', '.'));
  const isValid = keeps.trim() !== '' && value > 0 && value < quantity;
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isValid) return;
        onClose();
        editor.splitInto(operationId, value);
      }}
    >
      <label htmlFor={field}>{formatMessage({ id: 'board.split.keeps' }, { unit })}</label>
      <input
        id={field}
        inputMode="decimal"
        autoComplete="off"
        value={keeps}
        aria-invalid={!isValid}
        aria-describedby={`${field}-rest`}
        onChange={(event) => setKeeps(event.currentTarget.value)}
      />
      <p id={`${field}-rest`} data-invalid={!isValid}>
        {isValid
          ? formatMessage({ id: 'board.split.rest' }, { rest: quantity - value, unit })
          : formatMessage({ id: 'board.split.invalid' }, { quantity })}
      </p>
      <div>
        <button type="button" onClick={onClose}>
          {formatMessage({ id: 'board.menu.cancel' })}
        </button>
        <button type="submit" disabled={!isValid}>
          {formatMessage({ id: 'board.split.do' })}
        </button>
      </div>
    </form>
  );
}

function Item(props: {
  readonly keys: string;
  readonly enabled: boolean;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { keys, enabled, onChoose, children } = props;
  return (
    // It can be reached while it cannot be done, so that one finds out that it is there.
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={styles['item']}
      aria-disabled={!enabled}
      onClick={() => enabled && onChoose()}
    >
      <span>{children}</span>
      {keys !== '' && <kbd>{keys.replace('Control', 'Ctrl').replace('Arrow', '')}</kbd>}
    </button>
  );
}

/** Arrows, Home, End and first letters walk between the items (WAI-ARIA practices, menu). */
function walk(event: KeyboardEvent, panel: HTMLElement): void {
  const items = [...panel.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  if (items.length === 0) return;
  const at = items.findIndex((item) => item === document.activeElement);
  const { key } = event;
  let next: HTMLElement | undefined;
  if (key === 'ArrowDown') next = items[(at + 1) % items.length];
  else if (key === 'ArrowUp') next = items[(at + items.length - 1) % items.length];
  else if (key === 'Home') next = items[0];
  else if (key === 'End') next = items.at(-1);
  else if (key.length === 1 && key !== ' ') {
    const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    next = after.find((item) => item.textContent.toLocaleLowerCase().startsWith(key.toLocaleLowerCase()));
  }
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function focusFirst(panel: HTMLElement): void {
  const enabled = panel.querySelector<HTMLElement>('input, [role="menuitem"]:not([aria-disabled="true"])');
  // Where nothing can be done one hears that, and Escape is heard.
  (enabled ?? panel.querySelector<HTMLElement>('[role="menuitem"]'))?.focus();
}

const fromEdgePx = 8;

/** Below and to the right of the point, but within the window: a low board does not cut the menu off. */
function placeAt(panel: HTMLElement, root: HTMLElement | null, { x, y }: OpenMenu): void {
  const board = root?.getBoundingClientRect() ?? new DOMRect();
  const { width, height } = panel.getBoundingClientRect();
  const within = (at: number, size: number, room: number): number =>
    Math.max(fromEdgePx, Math.min(at, room - size - fromEdgePx));
  panel.style.left = `${within(board.left + x, width, window.innerWidth)}px`;
  panel.style.top = `${within(board.top + y, height, window.innerHeight)}px`;
}

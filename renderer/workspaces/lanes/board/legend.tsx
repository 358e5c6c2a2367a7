import { useMemo, useSyncExternalStore, type ReactElement } from 'react';
import { createColourScheme, type ColourCategory } from './colour-scheme.ts';
import { stripeOf } from './draw/palette.ts';
import { coloursOf } from './draw/paints.ts';
import { signPath } from './draw/sign.ts';
import type { BoardTheme } from './draw/theme.ts';
import type { BoardStore } from './store.ts';
import type { FormatMessage } from './tools/tool.ts';
import styles from './board-below.module.css';

interface LegendProps {
  readonly store: BoardStore;
  readonly theme: BoardTheme;
  readonly formatMessage: FormatMessage;
}

/** Names what colours, signs and marks on the board stand for. */
export function Legend({ store, theme, formatMessage }: LegendProps): ReactElement {
  const operations = useSyncExternalStore(store.subscribe, () => store.state.operations);
  const layers = useSyncExternalStore(store.subscribe, () => store.state.layers);
  const scheme = useMemo(() => createColourScheme(layers, operations.values()), [layers, operations]);
  const marks = marksOf(theme).filter(({ when }) => when === undefined || when(store));
  return (
    <section className={styles['legend']} aria-label={formatMessage({ id: 'board.legend' })}>
      <strong>{formatMessage({ id: `board.colour.${scheme.mode}` })}</strong>
      <ul>
        {scheme.categories.map((category) => (
          <li key={category.key}>
            <Swatch category={category} theme={theme} />
            {'id' in category.name ? formatMessage({ id: category.name.id }) : category.name.text}
          </li>
        ))}
      </ul>
      <ul>
        {marks.map(({ id, picture }) => (
          <li key={id}>
            {picture}
            {formatMessage({ id })}
          </li>
        ))}
      </ul>
    </section>
  );
}

const width = 26;
const height = 16;

function Swatch(props: { readonly category: ColourCategory; readonly theme: BoardTheme }): ReactElement {
  const { category, theme } = props;
  const { fill, edge, text } = coloursOf(theme, category.swatch);
  const { sign } = category;
  return (
    <svg width={width} height={height} aria-hidden="true">
      <rect x="0.5" y="0.5" width={width - 1} height={height - 1} rx="3" fill={fill} stroke={edge} />
      {category.pattern === 'striped' && (
        <path
          d="M-2 16 14 0M7 16 23 0M16 16 32 0"
          stroke={stripeOf(fill, edge)}
          strokeWidth="2.5"
          clipPath="inset(1px round 3px)"
        />
      )}
      {sign.kind === 'letter' ? (
        <text x={width / 2} y="12" textAnchor="middle" fontSize="11" fontWeight="700" fill={text}>
          {sign.letter}
        </text>
      ) : (
        <SignMark sign={sign} colour={text} />
      )}
    </svg>
  );
}

function SignMark(props: {
  readonly sign: Parameters<typeof signPath>[0];
  readonly colour: string;
}): ReactElement {
  const { path, isFilled } = signPath(props.sign, { x: width / 2, y: height / 2 }, 9);
  return (
    <path
      d={path}
      fill={isFilled ? props.colour : 'none'}
      stroke={isFilled ? 'none' : props.colour}
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  );
}

interface Mark {
  readonly id: string;
  readonly picture: ReactElement;
  /** Only where the board has any. */
  readonly when?: (store: BoardStore) => boolean;
}

function marksOf(theme: BoardTheme): readonly Mark[] {
  const bar = theme.bars.ready;
  const box = (children: ReactElement): ReactElement => (
    <svg width={width} height={height} aria-hidden="true">
      {children}
    </svg>
  );
  const plain = <rect x="0.5" y="0.5" width="25" height="15" rx="3" fill={bar.fill} stroke={bar.edge} />;
  return [
    {
      id: 'board.legend.setup',
      picture: box(
        <>
          {plain}
          <path d="M1 15 12 4M1 10 10 1M1 5 5 1M6 15 12 9" stroke={bar.edge} />
          <path d="M12.5 0V16" stroke={bar.edge} />
        </>,
      ),
    },
    {
      id: 'board.legend.late',
      picture: box(
        <>
          {plain}
          <path d="M12 1.5H25V15" stroke={theme.late} strokeWidth="3" fill="none" />
        </>,
      ),
    },
    {
      id: 'board.legend.locked',
      picture: box(<SignMark sign={{ kind: 'shape', shape: 'lock' }} colour={theme.text} />),
    },
    {
      id: 'board.legend.short',
      picture: box(<SignMark sign={{ kind: 'shape', shape: 'short' }} colour={theme.text} />),
    },
    {
      id: 'board.legend.blocked',
      picture: box(
        <>
          <rect width="26" height="16" fill={theme.blocked} />
          <path d="M0 16 16 0M8 16 24 0M16 16 32 0" stroke={theme.blockedLine} strokeWidth="2" />
        </>,
      ),
    },
    {
      id: 'board.legend.critical',
      when: ({ state }) => state.layers.critical.size > 0,
      picture: box(
        <>
          {plain}
          <path d="M0 1H26M0 15H26" stroke={theme.critical} strokeWidth="2" />
        </>,
      ),
    },
    {
      id: 'board.legend.slack',
      when: ({ state }) => state.layers.slackS.size > 0,
      picture: box(<path d="M0 11H25M25 5V12" stroke={theme.slack} strokeWidth="1.5" fill="none" />),
    },
    {
      id: 'board.legend.baseline',
      when: ({ state }) => state.layers.showBaseline,
      picture: box(
        <rect
          x="0.5"
          y="0.5"
          width="25"
          height="15"
          fill="none"
          stroke={theme.baseline}
          strokeDasharray="3 3"
        />,
      ),
    },
    ...(['first', 'second'] as const).map((tone): Mark => ({
      id: `board.legend.ghost-${tone}`,
      when: ({ state }) => state.layers.ghosts.some((ghost) => ghost.tone === tone),
      picture: box(
        <rect
          x="0.5"
          y="0.5"
          width="25"
          height="15"
          fill={theme.compare[tone]}
          fillOpacity="0.2"
          stroke={theme.compare[tone]}
        />,
      ),
    })),
    {
      id: 'board.legend.frozen',
      when: ({ state }) => state.layers.frozenUntil !== undefined,
      picture: box(
        <>
          <rect width="14" height="16" fill={theme.frozen} opacity="0.3" />
          <path d="M14 0V16" stroke={theme.frozen} strokeWidth="2" />
        </>,
      ),
    },
  ];
}

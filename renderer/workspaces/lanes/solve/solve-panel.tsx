/** The solver beside the board: what it should aim at, how it gets on, and a hand on the brake. */
import { useState } from 'react';
import { Button, List, NativeSelect, NumberInput, SegmentedControl } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconTrash } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { objectiveTerms } from '#domain/scheduling/model/problem';
import type { Objective, ObjectiveTerm } from '#domain/scheduling/model/problem';
import type { ScheduleFigures } from '#contract/schedules';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { textOfKey, useText } from '../../../ui/messages.ts';
import { useDurationText } from '../../../ui/time.tsx';
import { FigureList } from '../versions/figures.tsx';
import { goals, objectiveOf } from './objectives.ts';
import type { Goal } from './objectives.ts';
import type { Solve, SolvePoint } from './use-solve.ts';

const durationsS = [10, 30, 60, 300, 900] as const;

export function SolvePanel({
  solve,
  before: figuresNow,
  repair,
  onClose,
}: {
  readonly solve: Solve;
  /** Of the draft as it stands. */
  readonly before: ScheduleFigures;
  /** Begins with mending, not with planning anew. */
  readonly repair: boolean;
  readonly onClose: () => void;
}) {
  const text = useText();
  const intl = useIntl();
  const duration = useDurationText();
  const [mode, setMode] = useState<'optimise' | 'repair'>(repair ? 'repair' : 'optimise');
  const [goal, setGoal] = useState<Goal | 'own'>(repair ? 'calm' : 'on-time');
  const [own, setOwn] = useState<Objective>({ mode: 'weighted', terms: objectiveOf['few-setups'].terms });
  const [seconds, setSeconds] = useState(30);
  // What a run is compared with: it changes the draft itself.
  const [before, setBefore] = useState(figuresNow);
  const { run, running } = solve;

  if (run && running) {
    const { last, points } = run;
    return (
      <section className="lanes-solve" aria-label={text('lanes.solve.running')}>
        <h2>{text('lanes.solve.running')}</h2>
        <output className="lw-dim">
          {text(`lanes.solve.phase.${last.phase}`)} ·{' '}
          {text('lanes.solve.so-far', { time: duration(last.elapsedMs), moves: last.moves })}
        </output>
        <Improvement points={points} elapsedMs={last.elapsedMs} />
        <Gap objective={last.objective} bound={last.bound} />
        {last.figures && <FigureList figures={last.figures} beside={before} />}
        <div className="lanes-form-actions">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconTrash aria-hidden size={16} />}
            onClick={() => solve.stop(true)}
          >
            {text('lanes.solve.stop-discard')}
          </Button>
          <Button
            size="xs"
            leftSection={<IconPlayerStop aria-hidden size={16} />}
            onClick={() => solve.stop(false)}
          >
            {text('lanes.solve.stop-keep')}
          </Button>
        </div>
      </section>
    );
  }

  return (
    <form
      className="lanes-solve"
      aria-label={text('lanes.solve')}
      onSubmit={(event) => {
        event.preventDefault();
        setBefore(figuresNow);
        solve.start({ mode, objective: goal === 'own' ? own : objectiveOf[goal], seconds });
      }}
    >
      <h2>{text('lanes.solve')}</h2>
      {run && (
        <div className="lanes-solved" data-phase={solve.kept === true ? 'done' : run.last.phase}>
          <strong>
            {text(
              run.last.phase !== 'stopped' || solve.kept === null
                ? `lanes.solve.phase.${run.last.phase}`
                : solve.kept
                  ? 'lanes.solve.stopped-kept'
                  : 'lanes.solve.stopped-discarded',
            )}
          </strong>
          {run.last.figures && solve.kept !== false && (
            <FigureList figures={run.last.figures} beside={before} />
          )}
          {run.last.conflicts.length > 0 && (
            <List size="sm">
              {run.last.conflicts.map((conflict, index) => (
                <List.Item key={`${conflict.rule} ${index}`}>
                  {textOfKey(intl, conflict.rule, conflict.values, ['violation.'], 'lanes.violation.unknown')}
                </List.Item>
              ))}
            </List>
          )}
        </div>
      )}
      <SegmentedControl
        aria-label={text('lanes.solve.mode')}
        value={mode}
        onChange={(value) => {
          setMode(value === 'repair' ? 'repair' : 'optimise');
          if (value === 'repair') setGoal('calm');
        }}
        data={[
          { value: 'optimise', label: text('lanes.solve.optimise') },
          { value: 'repair', label: text('lanes.solve.repair') },
        ]}
      />
      <p className="lw-dim">
        {text(mode === 'repair' ? 'lanes.solve.repair-detail' : 'lanes.solve.optimise-detail')}
      </p>
      <NativeSelect
        label={text('lanes.solve.goal')}
        value={goal}
        data={[...goals, 'own' as const].map((each) => ({ value: each, label: text(`lanes.goal.${each}`) }))}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          setGoal(goals.find((each) => each === chosen) ?? 'own');
        }}
      />
      {goal === 'own' && <Weights objective={own} onChange={setOwn} />}
      <NativeSelect
        label={text('lanes.solve.time')}
        value={String(seconds)}
        data={durationsS.map((each) => ({ value: String(each), label: duration(each * 1000) }))}
        onChange={(event) => setSeconds(Number(event.currentTarget.value))}
      />
      {solve.error && <ErrorNotice error={solve.error} compact />}
      <div className="lanes-form-actions">
        <Button variant="default" onClick={onClose}>
          {text('app.close')}
        </Button>
        <Button
          type="submit"
          loading={solve.starting}
          leftSection={<IconPlayerPlay aria-hidden size={16} />}
          data-autofocus
        >
          {text('lanes.solve.start')}
        </Button>
      </div>
    </form>
  );
}

function Weights({
  objective,
  onChange,
}: {
  readonly objective: Objective;
  readonly onChange: (objective: Objective) => void;
}) {
  const text = useText();
  const weightOf = (term: ObjectiveTerm) => objective.terms.find((each) => each.term === term)?.weight ?? 0;
  return (
    <fieldset className="lanes-weights">
      <legend>{text('lanes.solve.weights')}</legend>
      {objectiveTerms.map((term) => (
        <NumberInput
          key={term}
          size="xs"
          label={text(`lanes.term.${term}`)}
          value={weightOf(term)}
          min={0}
          max={1_000_000}
          allowNegative={false}
          onChange={(value) => {
            const rest = objective.terms.filter((each) => each.term !== term);
            const weight = Number(value) || 0;
            onChange({ mode: 'weighted', terms: weight > 0 ? [...rest, { term, weight }] : rest });
          }}
        />
      ))}
    </fieldset>
  );
}

/** How far the best is from what is proved to be impossible to beat. */
function Gap({ objective, bound }: { readonly objective: number | null; readonly bound: number | null }) {
  const text = useText();
  const intl = useIntl();
  if (objective === null || bound === null) return null;
  if (objective <= bound) return <p>{text('lanes.solve.proved')}</p>;
  if (objective === 0) return null;
  const gap = (objective - bound) / Math.max(objective, 1);
  return (
    <p className="lw-dim">
      {text('lanes.solve.gap', {
        gap: intl.formatNumber(gap, { style: 'percent', maximumFractionDigits: 1 }),
      })}
    </p>
  );
}

const chart = { width: 300, height: 64 } as const;

/** The objective over the time of the run: steps down, flat when nothing better comes. */
function Improvement({
  points,
  elapsedMs,
}: {
  readonly points: readonly SolvePoint[];
  readonly elapsedMs: number;
}) {
  const text = useText();
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return null;
  const span = Math.max(1, elapsedMs - first.elapsedMs);
  const drop = Math.max(1e-9, first.objective - last.objective);
  const x = (at: number) => ((at - first.elapsedMs) / span) * chart.width;
  const y = (value: number) => 4 + ((first.objective - value) / drop) * (chart.height - 8);
  const path = points
    .map(
      ({ elapsedMs: at, objective }, index) =>
        `${index === 0 ? 'M' : 'H'}${x(at).toFixed(1)} ${index === 0 ? y(objective).toFixed(1) : ''}${index === 0 ? '' : `V${y(objective).toFixed(1)}`}`,
    )
    .join('');
  return (
    <figure className="lanes-improvement">
      <svg
        viewBox={`0 0 ${chart.width} ${chart.height}`}
        // As wide as the panel: what counts is the course, and the line keeps its width.
        preserveAspectRatio="none"
        aria-hidden
      >
        <path
          d={`${path}H${chart.width}`}
          fill="none"
          stroke="currentColor"
          strokeWidth={2}
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <figcaption>{text('lanes.solve.improved', { count: points.length - 1 })}</figcaption>
    </figure>
  );
}

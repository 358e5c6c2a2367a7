import { useRef, useState } from 'react';
import type { StationOperation } from '#contract/stations';
import { useCoreEvents } from '../../client/hooks.ts';
import { useText } from '../../ui/messages.ts';
import { CharacteristicCard } from './characteristic-card.tsx';

export interface GaugeReading {
  readonly value: number;
  readonly unit: string | null;
  readonly at: number;
}

/** The characteristics of an operation. What the gauge sends goes to the one at hand: first that is due, or chosen. */
export function Measurements({
  operation,
  mayRecord,
}: {
  readonly operation: StationOperation;
  readonly mayRecord: boolean;
}) {
  const text = useText();
  const { characteristics } = operation;
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [reading, setReading] = useState<(GaugeReading & { readonly characteristicId: string }) | null>(null);
  const cards = useRef(new Map<string, HTMLInputElement>());
  const atHand =
    characteristics.find((each) => each.id === chosenId) ??
    characteristics.find((each) => each.taken < each.due) ??
    characteristics[0];

  useCoreEvents((event) => {
    if (event.type !== 'gauge' || !atHand || !mayRecord) return;
    setChosenId(atHand.id);
    setReading({ value: event.value, unit: event.unit, at: event.at, characteristicId: atHand.id });
    cards.current.get(atHand.id)?.focus();
  });

  return (
    <section className="lw-panel stations-measure" aria-labelledby="measure-title">
      <h2 id="measure-title">{text('stations.measure')}</h2>
      <p className="lw-dim">{text(mayRecord ? 'stations.measure-detail' : 'stations.measure-not-allowed')}</p>
      {characteristics.map((characteristic) => (
        <CharacteristicCard
          key={characteristic.id}
          operationCode={operation.code}
          characteristic={characteristic}
          atHand={characteristic.id === atHand?.id}
          mayRecord={mayRecord}
          reading={reading?.characteristicId === characteristic.id ? reading : null}
          onChoose={() => setChosenId(characteristic.id)}
          onSaved={() => {
            // On to the next that is due; the same again while it has more to take.
            if (characteristic.taken + 1 < characteristic.due) return;
            const next = characteristics.find(
              (each) => each.id !== characteristic.id && each.taken < each.due,
            );
            if (!next) return;
            setChosenId(next.id);
            cards.current.get(next.id)?.focus();
          }}
          inputRef={(input) => {
            if (input) cards.current.set(characteristic.id, input);
            else cards.current.delete(characteristic.id);
          }}
        />
      ))}
    </section>
  );
}

/** What became of the last code, large enough to read from two metres. */
import { useEffect, useState } from 'react';
import { ActionIcon, Switch } from '@mantine/core';
import { IconAlertTriangle, IconBarcode, IconCircleCheck, IconX } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { ScanOutcome } from '#contract/stations';
import { useScans } from '../client/scans.ts';
import { Acknowledged } from '../ui/acknowledgement.tsx';
import { useErrorText } from '../ui/error-notice.tsx';
import { useText } from '../ui/messages.ts';

const soundKey = 'lanewright.scan-sound';
const shownMs = 7_000;
const shownRefusedMs = 20_000;

export function ScanPanel() {
  const text = useText();
  const intl = useIntl();
  const errorText = useErrorText();
  const [outcome, setOutcome] = useState<ScanOutcome | null>(null);
  const [sound, setSound] = useState(() => localStorage.getItem(soundKey) === 'on');

  useScans((next) => {
    setOutcome(next);
    if (sound) beep(next.refusal === undefined);
  });
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), outcome.refusal ? shownRefusedMs : shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);

  const refused = outcome?.refusal;
  return (
    <output className="lw-scan-region" aria-live="assertive" aria-label={text('app.scan.region')}>
      {outcome && (
        <div className="lw-scan" data-tone={refused ? 'bad' : 'good'} key={outcome.scanId}>
          {refused ? (
            <IconAlertTriangle aria-hidden size={40} />
          ) : outcome.effect ? (
            <IconCircleCheck aria-hidden size={40} />
          ) : (
            <IconBarcode aria-hidden size={40} />
          )}
          <div className="lw-scan-body">
            <p className="lw-scan-title">
              {refused
                ? text('app.scan.refused')
                : outcome.effect
                  ? text(`app.scan.did.${outcome.effect.action}`, { operation: outcome.effect.operationCode })
                  : text(`app.scan.kind.${outcome.kind}`, { code: outcome.identifier })}
            </p>
            <p>
              {refused
                ? errorText(refused)
                : outcome.effect
                  ? text('app.scan.at-lane', { lane: outcome.effect.laneCode })
                  : null}
              {outcome.acknowledgement && (
                <>
                  {' '}
                  <Acknowledged acknowledgement={outcome.acknowledgement} />
                </>
              )}
            </p>
            <p className="lw-scan-code">
              <code>{visible(outcome.code)}</code> · {text(`app.scan.source.${outcome.source}`)} ·{' '}
              {intl.formatTime(outcome.at, { format: 'medium' })}
            </p>
          </div>
          <div className="lw-scan-side">
            <ActionIcon aria-label={text('app.close')} onClick={() => setOutcome(null)}>
              <IconX aria-hidden size={18} />
            </ActionIcon>
            <Switch
              size="xs"
              label={text('app.scan.sound')}
              checked={sound}
              onChange={(event) => {
                setSound(event.currentTarget.checked);
                localStorage.setItem(soundKey, event.currentTarget.checked ? 'on' : 'off');
              }}
            />
          </div>
        </div>
      )}
    </output>
  );
}

/** Control characters of a code, so that FNC1 can be seen. */
function visible(code: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for.
  return code.replaceAll(/[\u0000-\u001f]/g, (character) =>
    String.fromCodePoint(0x2400 + (character.codePointAt(0) ?? 0)),
  );
}

let audio: AudioContext | null = null;

/** High and short for yes, low and twice for no. */
function beep(good: boolean): void {
  audio ??= new AudioContext();
  const context = audio;
  for (const startsInS of good ? [0] : [0, 0.2]) {
    const tone = context.createOscillator();
    const level = context.createGain();
    tone.frequency.value = good ? 1175 : 220;
    tone.type = good ? 'sine' : 'square';
    const startsAtS = context.currentTime + startsInS;
    level.gain.setValueAtTime(0.15, startsAtS);
    level.gain.exponentialRampToValueAtTime(0.001, startsAtS + 0.16);
    tone.connect(level).connect(context.destination);
    tone.start(startsAtS);
    tone.stop(startsAtS + 0.17);
  }
}

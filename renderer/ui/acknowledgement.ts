import type { Acknowledgement } from '#contract/common';
import type { Translate } from './messages.ts';

/** "Saved", or "Saved here, 3 waiting": the same words wherever a station command is acknowledged. */
export function acknowledgementText(text: Translate, acknowledgement: Acknowledgement): string {
  return acknowledgement.waiting > 0
    ? text('app.saved-waiting', { waiting: acknowledgement.waiting })
    : text('app.saved');
}

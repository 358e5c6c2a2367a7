/** The schedule versions of a plant, and which of them is on the board. */
import { useState } from 'react';
import { v7 as uuidv7 } from 'uuid';
import type { ScheduleVersion } from '#contract/schedules';
import { useCoreMutation, useCoreQuery } from '../../../client/hooks.ts';
import { useText } from '../../../ui/messages.ts';
import { useNotify } from '../../../ui/notify.tsx';

const none: readonly ScheduleVersion[] = [];

export function useVersions(plantId: string) {
  const text = useText();
  const notify = useNotify();
  const versions = useCoreQuery('schedules.versions', { plantId }, { keep: true });
  const [shownId, setShownId] = useState<string | null>(null);
  const [comparedId, setComparedId] = useState<string | null>(null);
  const all = versions.data ?? none;
  const holding = all.find(({ status }) => status === 'published') ?? null;
  // A draft that someone published or threw away is not shown any more: the plan that holds is.
  const shown = all.find(({ id, status }) => id === shownId && status === 'draft') ?? null;
  const compared = all.find(({ id }) => id === comparedId && id !== shown?.id) ?? null;
  const create = useCoreMutation('schedules.createDraft', {
    stale: ['schedules.versions'],
    onSuccess: (draft) => setShownId(draft.id),
    onError: (error) => notify.failed(error),
  });
  const rename = useCoreMutation('schedules.renameDraft', {
    stale: ['schedules.versions'],
    onError: (error) => notify.failed(error),
  });
  const discard = useCoreMutation('schedules.discardDraft', {
    stale: ['schedules.versions'],
    onSuccess: () => notify.done(text('lanes.version.discarded')),
    onError: (error) => notify.failed(error),
  });

  return {
    query: versions,
    all,
    /** The plan that holds; null before the first publication. */
    holding,
    /** The draft on the board; null: the plan that holds is. */
    shown,
    /** Drawn as ghosts beside what is shown. */
    compared,
    show: setShownId,
    compare: setComparedId,
    creating: create.isPending,
    /** Makes a draft, shows it, and gives it. */
    create: (name: string, fromVersionId: string | null) =>
      create.mutateAsync({ commandId: uuidv7(), plantId, name, fromVersionId }),
    rename: (version: ScheduleVersion, name: string) =>
      rename.mutate({ commandId: uuidv7(), versionId: version.id, name, version: version.version }),
    discard: (version: ScheduleVersion) => discard.mutate({ commandId: uuidv7(), versionId: version.id }),
  };
}
export type Versions = ReturnType<typeof useVersions>;

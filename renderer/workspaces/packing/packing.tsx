/** The packer's workspace: open cartons, what is in them, and their labels. */
import './packing.css';
import { Button } from '@mantine/core';
import { IconPackage, IconPlus } from '@tabler/icons-react';
import { useLocation, useRoute } from 'wouter';
import { v7 as uuidv7 } from 'uuid';
import { useCoreMutation, useCoreQuery } from '../../client/hooks.ts';
import { EmptyState, Loading, WorkspaceHead } from '../../ui/blocks.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useText } from '../../ui/messages.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useSession } from '../../ui/session.ts';
import { CartonList } from './carton-list.tsx';
import { CartonPage } from './carton-page.tsx';

export function Packing() {
  const text = useText();
  const notify = useNotify();
  const { plant } = useSession();
  const [, navigate] = useLocation();
  const [, parameters] = useRoute('/packing/:cartonId');
  const cartons = useCoreQuery('packing.cartons', { plantId: plant.id }, { keep: true });
  const open = useCoreMutation('packing.openCarton', {
    stale: ['packing.cartons'],
    onSuccess: ({ cartonId }) => navigate(`/packing/${cartonId}`),
    onError: (error) => notify.failed(error),
  });
  const list = cartons.data?.cartons ?? [];
  const carton = list.find((each) => each.cartonId === parameters?.cartonId);

  return (
    <>
      <WorkspaceHead title={text('app.workspace.packing')} freshness={cartons.data}>
        <Button
          size="md"
          leftSection={<IconPlus aria-hidden size={20} />}
          loading={open.isPending}
          disabled={!plant.mayWrite}
          onClick={() => open.mutate({ commandId: uuidv7(), plantId: plant.id })}
        >
          {text('packing.open')}
        </Button>
      </WorkspaceHead>
      {cartons.error && (
        <div className="packing-error">
          <ErrorNotice error={cartons.error} onRetry={() => cartons.refetch()} />
        </div>
      )}
      {cartons.isPending ? (
        <Loading rows={6} height={64} />
      ) : (
        <div className="packing">
          <CartonList
            cartons={list}
            chosenId={carton?.cartonId ?? null}
            onChoose={(cartonId) => navigate(`/packing/${cartonId}`)}
          />
          {carton ? (
            <CartonPage key={carton.cartonId} carton={carton} />
          ) : (
            <EmptyState
              icon={IconPackage}
              title={text(list.length === 0 ? 'packing.none' : 'packing.choose')}
            >
              {text(list.length === 0 ? 'packing.none-detail' : 'packing.choose-detail')}
            </EmptyState>
          )}
        </div>
      )}
    </>
  );
}

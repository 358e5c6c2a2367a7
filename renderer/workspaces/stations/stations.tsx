/** The station: what to make next, and the operation at hand with its quantities and measurements. */
import './stations.css';
import { useLocation, useRoute } from 'wouter';
import { useScans, useSendScan } from '../../client/scans.ts';
import { CodeField } from '../../ui/code-field.tsx';
import { WorkspaceHead } from '../../ui/blocks.tsx';
import { useText } from '../../ui/messages.ts';
import { useNotify } from '../../ui/notify.tsx';
import { OperationPage } from './operation-page.tsx';
import { Worklist } from './worklist.tsx';

export function Stations() {
  const text = useText();
  const notify = useNotify();
  const [, navigate] = useLocation();
  const [opened, parameters] = useRoute('/stations/:code');
  const scan = useSendScan((error) => notify.failed(error));

  // What was scanned is what the station works on from now on.
  useScans((outcome) => {
    const code = outcome.effect?.operationCode ?? (outcome.kind === 'operation' ? outcome.identifier : null);
    if (code && !(outcome.refusal?.code === 'NotFound')) navigate(`/stations/${encodeURIComponent(code)}`);
  });

  return (
    <>
      <WorkspaceHead title={text('app.workspace.stations')}>
        <CodeField onCode={(code) => scan.send(code, 'typed')} busy={scan.busy} />
      </WorkspaceHead>
      {opened ? (
        <OperationPage
          key={parameters.code}
          code={decodeURIComponent(parameters.code)}
          onBack={() => navigate('/stations')}
        />
      ) : (
        <Worklist onOpen={(code) => navigate(`/stations/${encodeURIComponent(code)}`)} />
      )}
    </>
  );
}

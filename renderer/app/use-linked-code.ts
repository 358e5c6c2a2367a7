import { useEffect, useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { groupedMailCode, readMailCode } from '#domain/credentials/mail-code';

/**
 * The code of a link that was followed (`#/password/7K3Q9-…`), to be changed by hand. It is taken out of the
 * address at once, so that it is not in the history, nor on a picture of the window.
 */
export function useLinkedCode(page: string): readonly [string, (code: string) => void] {
  const [, navigate] = useLocation();
  const [, parameters] = useRoute(`/${page}/:code`);
  const linked = parameters?.code;
  const [code, setCode] = useState('');
  const [taken, setTaken] = useState<string>();
  if (linked !== undefined && linked !== taken) {
    const read = readMailCode(linked);
    setTaken(linked);
    setCode(read === null ? linked : groupedMailCode(read));
  }
  useEffect(() => {
    if (linked !== undefined) navigate(`/${page}`, { replace: true });
  }, [linked, navigate, page]);
  return [code, setCode];
}

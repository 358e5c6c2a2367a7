/** Pictures of the board: on the clipboard, as a file, on paper. */
import { useText } from '../../../ui/messages.ts';
import { useNotify } from '../../../ui/notify.tsx';
import { errorShapeOf } from '../../../client/errors.ts';
import type { LaneBoardHandle } from '../board/lane-board.tsx';
import { printPages } from './print-pages.ts';
import { saveFile } from './save-file.ts';

export function useBoardPictures(board: () => LaneBoardHandle | null) {
  const text = useText();
  const notify = useNotify();
  const title = text('lanes.image.title');
  const failed = (cause: unknown) => notify.failed(errorShapeOf(cause));
  return {
    onCopy() {
      const handle = board();
      if (!handle) return;
      // The clipboard takes a promise, so that it is still the user's own click when the picture is ready.
      const item = new ClipboardItem({ 'image/png': handle.toImage({ wholeRange: false }) });
      navigator.clipboard.write([item]).then(() => notify.done(text('lanes.image.copied')), failed);
    },
    onSave() {
      board()
        ?.toImage({ wholeRange: true })
        .then((image) => saveFile(image, `${title}.png`), failed);
    },
    onPrint() {
      board()
        ?.toPages({ wholeRange: false, paper: 'a4' })
        .then((pages) => printPages(pages, title))
        .catch(failed);
    },
  };
}

/** Fetches the Electron for the tests ahead of them; the last line says which, or why none, as JSON. */
import { obtainElectron } from './electron-binary.ts';

console.log(JSON.stringify(await obtainElectron()));

/**
 * Where the file of a worker is: beside the source under Node, in `out/main/workers` once everything is built,
 * whichever chunk this module ended up in.
 */
export function workerEntry(name: string): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL(`../workers/${name}.ts`, here);
  const out = here.lastIndexOf('/out/');
  return new URL(`main/workers/${name}.js`, here.slice(0, out + '/out/'.length));
}

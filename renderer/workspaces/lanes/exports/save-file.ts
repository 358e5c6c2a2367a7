/** Gives a file to the user: the browser's download, and the shell's, which asks where. */
export function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name.replaceAll(/[^\w.()-]+/g, '_');
  link.click();
  // The download has begun when the click returns; the address must outlive it a little.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

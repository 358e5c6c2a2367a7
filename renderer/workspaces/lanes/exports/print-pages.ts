/**
 * Prints pictures, a page each, through the system's print dialog, which writes PDF too. While it is open
 * the page has nothing else to show on paper (lanes.css, `lanes-printing`).
 */
export async function printPages(pages: readonly Blob[], title: string): Promise<void> {
  const sheet = document.createElement('div');
  sheet.className = 'lanes-paper';
  const addresses = pages.map((page) => URL.createObjectURL(page));
  const before = document.title;
  try {
    const images = addresses.map((address) => {
      const image = document.createElement('img');
      image.src = address;
      image.alt = title;
      return image;
    });
    sheet.append(...images);
    await Promise.all(images.map((image) => image.decode()));
    document.body.append(sheet);
    document.body.classList.add('lanes-printing');
    document.title = title;
    window.print();
  } finally {
    document.title = before;
    document.body.classList.remove('lanes-printing');
    sheet.remove();
    for (const address of addresses) URL.revokeObjectURL(address);
  }
}

/** The size of a database's page, in bytes. */
export const PAGE_BYTES = 4_096;
/** Leaf pages of tables without rowids, and of indexes, begin with this byte. https://www.sqlite.org/fileformat.html#b_tree_pages */
const LEAF = 0x0a;

/** Damages each leaf page of a database that holds the text, as a bad sector would. Returns how many there were. */
export async function damagePages(file: string, text: string): Promise<number> {
  const bytes = await Deno.readFile(file);
  let count = 0;
  for (let at = 0; at < bytes.length; at += PAGE_BYTES) {
    const page = bytes.subarray(at, at + PAGE_BYTES);
    const isHit = page[0] === LEAF &&
      new TextDecoder("latin1").decode(page).includes(text);
    if (!isHit) continue;
    page.fill(0xff);
    count++;
  }
  await Deno.writeFile(file, bytes);
  return count;
}

/** `0–3, 6`: neighbours together, since a node may own hundreds. */
export function runs(partitions: readonly number[]): string {
  const found: { from: number; to: number }[] = [];
  for (const part of partitions) {
    const last = found.at(-1);
    if (last !== undefined && last.to === part - 1) last.to = part;
    else found.push({ from: part, to: part });
  }
  return found.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
}

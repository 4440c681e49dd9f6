/** Rounds in which each key occurs once, in the order of the input: what is done to one record is done in turn. Pure. */
export function roundsBy<T>(items: readonly T[], keyOf: (item: T) => string | number): T[][] {
  const rounds: T[][] = [];
  const turns = new Map<string | number, number>();
  for (const item of items) {
    const turn = turns.get(keyOf(item)) ?? 0;
    turns.set(keyOf(item), turn + 1);
    (rounds[turn] ??= []).push(item);
  }
  return rounds;
}

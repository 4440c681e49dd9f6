/** Records per second, medians. */
export interface Comparison {
  readonly job: string;
  readonly connector: number;
  /** The same calls written by hand, in perfect batches. */
  readonly limit: number;
  /** One call per record. */
  readonly single?: number;
}

interface Memory {
  readonly heapMegabytes: number;
  readonly rssMegabytes: number;
}

interface Goal {
  readonly what: string;
  readonly wanted: string;
  readonly measured: number;
  readonly reached: boolean;
}

export interface OdooFigures {
  readonly job: string;
  readonly rounds: number;
  readonly comparisons: readonly Comparison[];
  /** Before the first round and after each. */
  readonly memory: readonly Memory[];
  readonly goals: readonly Goal[];
}

const OF_LIMIT = 0.95;
const OVER_SINGLE = 4;
const OF_SEARCH_READ = 0.9;
/** Between the end of the first round, when everything has been loaded, and that of the last. */
const HEAP_GROWTH_MEGABYTES = 5;

export function goalsOf(comparisons: readonly Comparison[], memory: readonly Memory[]): Goal[] {
  const goals = comparisons.flatMap(({ job, connector, limit, single }): Goal[] => [
    atLeast(`${job}: of the limit`, job === 'partners' ? OF_SEARCH_READ : OF_LIMIT, connector / limit),
    ...(single === undefined
      ? []
      : [atLeast(`${job}: times one call per record`, OVER_SINGLE, connector / single)]),
  ]);
  const growth = (memory.at(-1)?.heapMegabytes ?? 0) - (memory[1]?.heapMegabytes ?? 0);
  const measured = Math.round(growth * 10) / 10;
  return [
    ...goals,
    {
      what: 'heap growth, MB',
      wanted: `<= ${HEAP_GROWTH_MEGABYTES}`,
      measured,
      reached: growth <= HEAP_GROWTH_MEGABYTES,
    },
  ];
}

function atLeast(what: string, wanted: number, ratio: number): Goal {
  const measured = Math.round(ratio * 100) / 100;
  return { what, wanted: `>= ${wanted}`, measured, reached: measured >= wanted };
}

export function showTable({ job, rounds, comparisons, memory, goals }: OdooFigures): string {
  const rate = (value: number | undefined) =>
    value === undefined ? '–' : value.toFixed(value < 100 ? 1 : 0);
  const rows = [
    ['per second', 'connector', 'limit', 'one call per record'],
    ...comparisons.map((row) => [row.job, rate(row.connector), rate(row.limit), rate(row.single)]),
    ['goal', 'wanted', 'measured', ''],
    ...goals.map(({ what, wanted, measured, reached }) => [
      what,
      wanted,
      String(measured),
      reached ? 'reached' : 'MISSED',
    ]),
  ];
  const heap = memory.map(({ heapMegabytes }) => heapMegabytes).join(', ');
  const rss = memory.map(({ rssMegabytes }) => rssMegabytes).join(', ');
  return [
    `${job}; medians of ${rounds} rounds`,
    ...rows.map(
      ([first = '', ...others]) => first.padEnd(40) + others.map((cell) => cell.padStart(20)).join(''),
    ),
    `heap MB ${heap}; RSS MB ${rss}`,
    '',
  ].join('\n');
}

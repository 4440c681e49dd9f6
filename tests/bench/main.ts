/** `npm run bench -- cases|history|isolation|journal|threads|odoo`: figures of this machine, with a peer beside them in the same run. */
import { casesBench } from './cases.ts';
import { historyBench } from './history.ts';
import { isolationBench } from './isolation.ts';
import { journalBench } from './journal.ts';
import { odooBench } from './odoo/odoo.ts';
import { threadsBench } from './threads.ts';

/** Each gets what follows its name, and returns its figures unless it has shown them itself. */
const benches: Readonly<Record<string, (args: readonly string[]) => Promise<unknown>>> = {
  history: historyBench,
  journal: journalBench,
  threads: threadsBench,
  isolation: isolationBench,
  odoo: odooBench,
  cases: casesBench,
};

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`There is no benchmark "${name}". Use one of: ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
const figures = await bench(process.argv.slice(3));
if (figures !== undefined) process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);

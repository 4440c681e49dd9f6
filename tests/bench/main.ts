/** `npm run bench -- journal|threads`: figures of this machine, with a peer beside them in the same run. */
import { journalBench } from './journal.ts';
import { threadsBench } from './threads.ts';

const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  journal: journalBench,
  threads: threadsBench,
};

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(`There is no benchmark "${name}". Use one of: ${Object.keys(benches).join(', ')}.\n`);
  process.exit(2);
}
process.stdout.write(`${JSON.stringify(await bench(), undefined, 2)}\n`);

/** A node as a process of its own, to be killed: `node node-process.ts <database url>`. */
import { NOTHING, startEngine } from './engine.ts';

await startEngine(process.argv[2] ?? '', () => NOTHING, {});

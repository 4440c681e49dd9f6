import type { Pool } from 'pg';
import { inTransaction } from '../exceptions.ts';
import { MappedMender } from '../mapping/mend-mapped.ts';
import type { JudgeEdit } from './bulk-edit.ts';
import { STEP_MS } from './bulk-operation.ts';
import { stepBulk } from './bulk-step.ts';

export interface CaseWorkerOptions {
  readonly pool: Pool;
  readonly judgeEdit: JudgeEdit;
  readonly onError: (error: unknown) => void;
}

/** Does what people have set going on many exceptions at once. Runs on every worker; what one node leaves, another goes on with. */
export class CaseWorker {
  readonly #options: CaseWorkerOptions;
  readonly #mender: MappedMender;
  #stopped = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;

  constructor(options: CaseWorkerOptions) {
    this.#options = options;
    this.#mender = new MappedMender(options.pool);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Finishes the step under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { pool, judgeEdit } = this.#options;
    while (!this.#stopped) {
      let busy = false;
      try {
        busy = await inTransaction(pool, (client) => stepBulk(client, judgeEdit));
        await this.#mender.step();
      } catch (error) {
        this.#options.onError(error);
      }
      await this.#pause(busy ? STEP_MS : 2 * STEP_MS);
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

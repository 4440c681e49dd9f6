const STAMP = /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?$/;
const NAMES =
  /\b(S\d{5}|[A-Z0-9]+\/(?:OUT|IN|PICK|INT)\/\d{5}|(?:R?INV|PBNK1)\/\d{4}\/\d{5})\b|(?<=\()id \d+(?=\))/g;

/** Above this an id was chosen because no record has it. */
const NO_SUCH_ID = 900_000;

export const isStamp = (value: unknown): value is string => typeof value === 'string' && STAMP.test(value);

/**
 * What stands for what: recorded ids, document names and times against the simulator's. A pair, once learned, has to
 * hold for the rest of the replay; that is how a wrong reference shows although every number differs.
 */
export class Correspondence {
  readonly #ids = new Map<string, number>();
  readonly #taken = new Map<string, number>();
  readonly #names = new Map<string, string>();
  readonly #stamps = new Map<string, string>();

  /** The simulator's id, or undefined for a record that the replay has not met. */
  idOf(model: string, recorded: number): number | undefined {
    return recorded >= NO_SUCH_ID ? recorded : this.#ids.get(`${model},${recorded}`);
  }

  /** Whether both may mean the same record; learns it when both are new. */
  sameId(model: string, recorded: number, simulated: number): boolean {
    const known = this.idOf(model, recorded);
    if (known !== undefined) return known === simulated;
    const owner = this.#taken.get(`${model},${simulated}`);
    if (owner !== undefined && owner !== recorded) return false;
    this.#ids.set(`${model},${recorded}`, simulated);
    this.#taken.set(`${model},${simulated}`, recorded);
    return true;
  }

  /** Texts are the same once order and transfer numbers are put in place of each other. */
  sameText(recorded: string, simulated: string): boolean {
    const theirs = recorded.match(NAMES) ?? [];
    const ours = simulated.match(NAMES) ?? [];
    if (theirs.length !== ours.length) return false;
    for (const [at, name] of theirs.entries()) {
      const here = ours[at] ?? '';
      const known = this.#names.get(name) ?? here;
      if (known !== here) return false;
      if (series(name) !== series(known)) return false;
      this.#names.set(name, known);
    }
    return recorded.replace(NAMES, '#') === simulated.replace(NAMES, '#');
  }

  noteStamp(recorded: string, simulated: string): void {
    this.#stamps.set(recorded, simulated);
  }

  stampFor(recorded: string): string {
    return this.#stamps.get(recorded) ?? recorded;
  }
}

/** `WH/OUT/` of `WH/OUT/00051`, `S` of an order, `INV/` of an invoice whatever its year. */
const series = (name: string) => name.replace(/(\d{4}\/)?\d+$/, '');

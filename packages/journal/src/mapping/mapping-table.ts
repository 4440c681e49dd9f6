import type { Mappings } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { HUB_PART, recordAction } from '../audit/operator-action.ts';
import { inTransaction } from '../exceptions.ts';

/** How old what a node knows may be; the mender waits twice as long before it lets anything go for a mapping. */
export const REFRESH_MS = 500;

export interface MappingRow {
  readonly revision: string;
  readonly kind: string;
  readonly system: string;
  readonly source: string;
  /** Null: taken back. */
  readonly target: string | null;
  readonly note: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export type NewMapping = Pick<MappingRow, 'kind' | 'system' | 'source' | 'target' | 'note'>;

const COLUMNS = `revision, kind, system, source, target, note, created_by as "createdBy", created_at as "createdAt"`;

/** People's mappings, whole in memory and read again when there is a newer one. */
export class MappingTable implements Mappings {
  readonly #pool: Pool;
  readonly #onError: (error: unknown) => void;
  #words = new Map<string, string>();
  #revision = '';
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(pool: Pool, onError: (error: unknown) => void) {
    this.#pool = pool;
    this.#onError = onError;
  }

  find(kind: string, system: string, word: string): string | undefined {
    return this.#words.get(addressOf(kind, system, word));
  }

  /** Resolves when the mappings are known. */
  async start(): Promise<void> {
    await this.#refresh();
    this.#timer = setInterval(() => {
      this.#reading = this.#refresh().catch(this.#onError);
    }, REFRESH_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  async #refresh(): Promise<void> {
    const newest = await this.#pool.query<{ revision: string }>(
      `select coalesce(max(revision), 0)::text || '/' || count(*) as revision from mapping`,
    );
    const revision = newest.rows[0]?.revision ?? '';
    if (revision === this.#revision) return;
    const current = await listMappings(this.#pool);
    this.#words = new Map(
      current.flatMap(({ kind, system, source, target }) =>
        target === null ? [] : [[addressOf(kind, system, source), target]],
      ),
    );
    this.#revision = revision;
  }
}

function addressOf(kind: string, system: string, word: string): string {
  return `${kind}\u0000${system}\u0000${word}`;
}

/** The newest of each word, those taken back too. */
export async function listMappings(pool: Pool): Promise<readonly MappingRow[]> {
  const { rows } = await pool.query<MappingRow>(
    `select distinct on (kind, system, source) ${COLUMNS} from mapping order by kind, system, source, revision desc`,
  );
  return rows;
}

export interface WaitedForWord {
  readonly kind: string;
  readonly system: string;
  readonly value: string;
  readonly waiting: number;
}

/** Words told of at most; each is one mapping to supply. */
const MOST_WORDS = 500;

/** Words that open exceptions wait for, the most wanted first. One that was let go for a mapping does not count until it has failed again. */
export async function listWaitedFor(pool: Pool): Promise<readonly WaitedForWord[]> {
  const { rows } = await pool.query<WaitedForWord>(
    `select x.kind, x.system, x.value, count(*)::int as waiting
     from exception_missing x
     join exception_case e on e.part = x.part and e.id = x.exception_id and e.resolved_at is null and e.retried_at is null
     group by 1, 2, 3 order by waiting desc, kind, system, value limit ${MOST_WORDS}`,
  );
  return rows;
}

/**
 * Maps a word, or with a null target takes its mapping back; undefined when there is none to take back. What waits for it goes on
 * within seconds (see mend-mapped.ts).
 */
export function addMapping(pool: Pool, by: string, added: NewMapping): Promise<MappingRow | undefined> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<MappingRow>(
      `insert into mapping (kind, system, source, target, note, created_by)
       select $1, $2, $3, $4, $5, $6
       where $4::text is not null or (
         select target from mapping where kind = $1 and system = $2 and source = $3 order by revision desc limit 1
       ) is not null
       returning ${COLUMNS}`,
      [added.kind, added.system, added.source, added.target, added.note, by],
    );
    const [stored] = rows;
    if (stored === undefined) return undefined;
    await recordAction(client, {
      part: HUB_PART,
      action: 'map',
      actor: by,
      ...(added.note === null ? {} : { reason: added.note }),
      detail: {
        mapping: stored.revision,
        kind: added.kind,
        system: added.system,
        source: added.source,
        target: added.target,
      },
    });
    return stored;
  });
}

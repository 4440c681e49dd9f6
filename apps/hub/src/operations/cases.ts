import type {
  Bulk,
  BulkAnswer,
  BulkDetail,
  Case,
  CaseDetail,
  CaseOperations,
  CaseQuery,
  Edited,
  ExceptionDetail,
  Mapped,
  Mapping,
  MappingPage,
  NewBulk,
  NewMapping,
  ReplayChoices,
} from '@trunkline/gateway';
import {
  addMapping,
  BulkDesk,
  type BulkItemRow,
  type BulkRow,
  type ItemDifferences,
  CaseDesk,
  ExceptionDesk,
  listMappings,
  listWaitedFor,
  type MappingRow,
  ThreadReader,
} from '@trunkline/journal';
import { type Change, explainError, type Fault, type JsonObject, type Message } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { connectorDocuments } from '../composition/connector-registry.ts';
import { INTERNAL_SOURCE } from '../composition/processor.ts';
import { type Configuration, FLOWS } from '../configuration/schema.ts';
import { caseView, type FlowCare } from './case-view.ts';
import { judgeEdit } from './judge-edit.ts';
import { addressOf, exceptionView, titleOf } from './exception-view.ts';
import { mappingFaults } from './mapping-rules.ts';

export interface CasesOptions {
  readonly pool: Pool;
  readonly partitions: number;
  readonly configuration: Pick<Configuration, 'systems' | 'sites'>;
  /** By flow. */
  readonly care: Readonly<Record<string, FlowCare>>;
  /** What a connector finds wrong with a message. */
  readonly judge: (message: Message) => readonly Fault[];
}

/** What people do about failures, answered from the journal. */
export class JournalCases implements CaseOperations {
  readonly #options: CasesOptions;
  readonly #cases: CaseDesk;
  readonly #exceptions: ExceptionDesk;
  readonly #threads: ThreadReader;
  readonly #bulk: BulkDesk;

  constructor(options: CasesOptions) {
    const { pool, partitions, care, judge } = options;
    this.#options = options;
    const queues = Object.entries(care).flatMap(([flow, { queue }]) =>
      queue === undefined ? [] : [[flow, queue] as const],
    );
    this.#cases = new CaseDesk(pool, partitions, Object.fromEntries(queues));
    this.#exceptions = new ExceptionDesk(pool, partitions);
    this.#threads = new ThreadReader(pool, partitions);
    this.#bulk = new BulkDesk({ pool, partitions, internalSources: [INTERNAL_SOURCE], judge, judgeEdit });
  }

  async cases({ limit, offset, ...filter }: CaseQuery): Promise<{ items: readonly Case[]; total: number }> {
    const { items, total } = await this.#cases.list(filter, limit, offset);
    const nowMs = Date.now();
    return { items: items.map((row) => caseView(row, this.#options.care[row.flow], nowMs)), total };
  }

  async case(id: string): Promise<CaseDetail | undefined> {
    const row = await this.#cases.find(id);
    if (row === undefined) return undefined;
    const history = await this.#cases.history(id);
    return {
      ...caseView(row, this.#options.care[row.flow], Date.now()),
      history: history.map(({ actedAt, actor, action, reason }) => ({
        at: actedAt.toISOString(),
        by: actor,
        act: action,
        ...(typeof reason === 'string' ? { note: reason } : {}),
      })),
    };
  }

  acknowledgeCase(id: string, by: string): Promise<boolean> {
    return this.#cases.acknowledge(id, by);
  }

  assignCase(
    id: string,
    by: string,
    to: { assignee?: string | null; queue?: string | null },
  ): Promise<boolean> {
    return this.#cases.assign(id, by, to);
  }

  ignoreCase(id: string, by: string, reason: string): Promise<boolean> {
    return this.#cases.ignore(id, by, reason);
  }

  reopenCase(id: string, by: string): Promise<boolean> {
    return this.#cases.reopen(id, by);
  }

  async exceptionDetail(id: string): Promise<ExceptionDetail | undefined> {
    const at = addressOf(id);
    const row = at === undefined ? undefined : await this.#exceptions.detail(at.part, at.id);
    if (row === undefined) return undefined;
    const title = titleOf(row.key, await this.#threads.identifiers(row.key));
    return {
      ...exceptionView(row, title),
      meaning: explainError(row.code).meaning,
      ...(row.command === null ? {} : { command: row.command }),
      ...(row.original === null ? {} : { original: row.original }),
      history: row.history.map(({ at: when, note, ...deed }) => ({
        at: when.toISOString(),
        ...deed,
        ...(note === null ? {} : { note }),
      })),
    };
  }

  async editException(id: string, by: string, why: string, payload: JsonObject): Promise<Edited> {
    const at = addressOf(id);
    const row = at === undefined ? undefined : await this.#exceptions.detail(at.part, at.id);
    if (at === undefined || row === undefined || row.command === null) return { kind: 'nothing' };
    const faults = judgeEdit(row.command.type, row.original ?? row.command.payload, payload);
    if (faults.length > 0) return { kind: 'broken', faults };
    return (await this.#exceptions.edit(at, by, why, payload)) ? { kind: 'done' } : { kind: 'nothing' };
  }

  async resolveException(id: string, by: string, note: string): Promise<boolean> {
    const at = addressOf(id);
    return at !== undefined && this.#exceptions.close(at, by, note);
  }

  async mappings(): Promise<MappingPage> {
    const { pool } = this.#options;
    const [items, waiting] = await Promise.all([listMappings(pool), listWaitedFor(pool)]);
    return { items: items.map(mappingView), waiting: [...waiting] };
  }

  async addMapping(by: string, { why, ...added }: NewMapping): Promise<Mapped> {
    const { pool, configuration } = this.#options;
    const faults = mappingFaults(added, configuration);
    // One of a system that has left the configuration can still be taken back.
    if (faults.length > 0 && added.target !== null) return { kind: 'broken', faults };
    const stored = await addMapping(pool, by, { ...added, note: why ?? null });
    if (stored !== undefined) return { kind: 'done', mapping: mappingView(stored) };
    return faults.length > 0 ? { kind: 'broken', faults } : { kind: 'nothing' };
  }

  async previewBulk(by: string, wanted: NewBulk): Promise<BulkAnswer> {
    const { patch, changes, ...rest } = wanted;
    const answer = await this.#bulk.preview(by, {
      ...rest,
      ...(changes === undefined ? {} : { changes: changes as readonly Change[] }),
      ...(patch === undefined ? {} : { patch: patch as JsonObject }),
    });
    return answer.kind === 'previewed' ? { ...answer, operation: bulkView(answer.operation) } : answer;
  }

  /** What the configured systems send, by their connectors' own word: a type that nothing has sent yet is among them. */
  async replayChoices(): Promise<ReplayChoices> {
    const types = Object.entries(this.#options.configuration.systems).flatMap(([system, { connector }]) =>
      (connectorDocuments.get(connector) ?? []).map((type) => ({ system, type })),
    );
    return { flows: [...FLOWS], types };
  }

  async bulks(limit: number): Promise<readonly Bulk[]> {
    return (await this.#bulk.list(limit)).map(bulkView);
  }

  async bulk(id: string): Promise<BulkDetail | undefined> {
    if (!/^\d{1,18}$/.test(id)) return undefined;
    const row = await this.#bulk.find(id);
    if (row === undefined) return undefined;
    const [items, edits] = await Promise.all([
      this.#bulk.items(id, 50),
      this.#bulk.differences(row, SHOWN_EDITS),
    ]);
    return {
      ...bulkView(row),
      items: items.map(itemView),
      ...(row.changes === null ? {} : { edits: edits.map(editView) }),
    };
  }

  async steerBulk(id: string, by: string, step: 'try' | 'start' | 'cancel'): Promise<boolean> {
    return /^\d{1,18}$/.test(id) && this.#bulk.steer(id, by, step);
  }
}

function mappingView({
  revision,
  kind,
  system,
  source,
  target,
  note,
  createdBy,
  createdAt,
}: MappingRow): Mapping {
  return {
    revision,
    kind,
    system,
    source,
    ...(target === null ? {} : { target }),
    ...(note === null ? {} : { why: note }),
    by: createdBy,
    at: createdAt.toISOString(),
  };
}

function bulkView(row: BulkRow): Bulk {
  const {
    reason,
    patch,
    changes,
    createdBy,
    createdAt,
    startedAt,
    endedAt,
    stoppedBecause,
    amounts,
    ...plain
  } = row;
  return {
    ...plain,
    amounts: { ...amounts },
    by: createdBy,
    createdAt: createdAt.toISOString(),
    ...(reason === null ? {} : { reason }),
    ...(patch === null ? {} : { patch }),
    ...(changes === null ? {} : { changes: [...changes] }),
    ...(startedAt === null ? {} : { startedAt: startedAt.toISOString() }),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
    ...(stoppedBecause === null ? {} : { stoppedBecause }),
  };
}

/** What an edit does to the first few, beside its preview. */
const SHOWN_EDITS = 5;

function editView({
  key,
  exceptionId,
  differences,
}: ItemDifferences): NonNullable<BulkDetail['edits']>[number] {
  return { thread: key, exception: exceptionId, differences: [...differences] };
}

function itemView({ key, state, detail, exceptionId }: BulkItemRow): BulkDetail['items'][number] {
  return {
    thread: key,
    state,
    ...(detail === null ? {} : { detail }),
    ...(exceptionId === null ? {} : { exception: exceptionId }),
  };
}

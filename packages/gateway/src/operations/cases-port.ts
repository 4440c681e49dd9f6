import type { Fault, JsonObject } from '@trunkline/messaging';
import type {
  Bulk,
  BulkDetail,
  Case,
  CaseDetail,
  ExceptionDetail,
  Mapping,
  MappingPage,
  NewBulk,
  NewMapping,
  ReplayChoices,
} from './cases-contract.ts';

export interface CaseQuery {
  readonly status: 'active' | 'open' | 'acknowledged' | 'ignored' | 'resolved' | 'all';
  readonly queue?: string;
  readonly q?: string;
  readonly sort: 'oldest' | 'newest' | 'value' | 'count';
  readonly limit: number;
  readonly offset: number;
}

export type Edited =
  | { readonly kind: 'done' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'broken'; readonly faults: readonly Fault[] };

export type Mapped =
  | { readonly kind: 'done'; readonly mapping: Mapping }
  /** It was to be taken back, and there is none. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'broken'; readonly faults: readonly Fault[] };

export type BulkAnswer =
  | { readonly kind: 'previewed'; readonly operation: Bulk }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'too_many'; readonly most: number }
  | { readonly kind: 'broken'; readonly faults: readonly Fault[] };

/** What people do about what failed. False: there is nothing to do it to any more. */
export interface CaseOperations {
  cases(query: CaseQuery): Promise<{ readonly items: readonly Case[]; readonly total: number }>;
  case(id: string): Promise<CaseDetail | undefined>;
  acknowledgeCase(id: string, by: string): Promise<boolean>;
  assignCase(
    id: string,
    by: string,
    to: { readonly assignee?: string | null; readonly queue?: string | null },
  ): Promise<boolean>;
  ignoreCase(id: string, by: string, reason: string): Promise<boolean>;
  reopenCase(id: string, by: string): Promise<boolean>;
  exceptionDetail(id: string): Promise<ExceptionDetail | undefined>;
  editException(id: string, by: string, why: string, payload: JsonObject): Promise<Edited>;
  /** Mended by hand elsewhere. */
  resolveException(id: string, by: string, note: string): Promise<boolean>;
  mappings(): Promise<MappingPage>;
  addMapping(by: string, added: NewMapping): Promise<Mapped>;
  previewBulk(by: string, wanted: NewBulk): Promise<BulkAnswer>;
  replayChoices(): Promise<ReplayChoices>;
  bulks(limit: number): Promise<readonly Bulk[]>;
  bulk(id: string): Promise<BulkDetail | undefined>;
  steerBulk(id: string, by: string, step: 'try' | 'start' | 'cancel'): Promise<boolean>;
}

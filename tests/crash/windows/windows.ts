/**
 * Each commit of the journal, told by the statement that makes it: alone on a connection, or with the `commit` of the transaction
 * in which it ran. Statements are named by their file in packages/journal/src/sql, others by how they begin.
 */
export const COMMITS = {
  migrate: { inTransaction: 'insert into schema_migration' },
  'first-credentials': { inTransaction: 'insert into credential' },
  acquire: { alone: 'acquire-leases' },
  renew: { alone: 'renew-leases' },
  accept: { alone: 'accept-messages' },
  'poll-page': { alone: 'accept-page' },
  'keep-invalid': { alone: 'insert into invalid_message' },
  complete: { alone: 'complete-messages' },
  'complete-with-exceptions': { inTransaction: 'complete-messages' },
  settle: { alone: 'settle-deliveries' },
  park: { inTransaction: 'settle-deliveries' },
  'retry-by-hand': { inTransaction: 'update delivery set state' },
  'edit-by-hand': { inTransaction: 'update delivery set payload' },
  'discard-by-hand': { inTransaction: 'with gone as' },
  'give-back': { alone: 'release-lease' },
  'bulk-preview': { inTransaction: 'insert into bulk_operation' },
  'bulk-steer': { inTransaction: 'update bulk_operation set state = $2, stopped_because = null' },
  // A step of each kind of act, the first one that has something to do.
  'bulk-retry': { inTransaction: 'update bulk_operation set state = $2, stepped_at' },
  'bulk-discard': { inTransaction: 'update bulk_operation set state = $2, stepped_at' },
  'bulk-edit': { inTransaction: 'update bulk_operation set state = $2, stepped_at' },
  'bulk-replay': { inTransaction: 'update bulk_operation set state = $2, stepped_at' },
  slices: { inTransaction: 'create table message_' },
  'ids-move-on': { inTransaction: 'select setval(' },
  'slice-drop': { inTransaction: 'drop table if exists message_c' },
  'generation-drop': { inTransaction: 'delete from dedupe_generation' },
} as const satisfies Record<string, { alone: string } | { inTransaction: string }>;

/** Commits of retention, which a process of its own makes; no node is needed for them. */
export const RETENTION_COMMITS: readonly string[] = [
  'slices',
  'ids-move-on',
  'slice-drop',
  'generation-drop',
];

export type CommitName = keyof typeof COMMITS;
export type Side = 'before' | 'after';

/** Where a process is killed: around a commit of the journal, or around the effect in the target, which is a commit of its own. */
export type Window =
  | { readonly at: 'commit'; readonly commit: CommitName; readonly side: Side }
  | { readonly at: 'effect'; readonly side: Side };

export const WINDOWS: Readonly<Record<string, Window>> = {
  ...Object.fromEntries(
    (Object.keys(COMMITS) as CommitName[]).flatMap((commit) =>
      (['before', 'after'] as const).map(
        (side) => [`${commit}/${side}`, { at: 'commit', commit, side }] as const,
      ),
    ),
  ),
  'effect/before': { at: 'effect', side: 'before' },
  'effect/after': { at: 'effect', side: 'after' },
};

export function isOfRetention(window: Window): window is Window & { readonly at: 'commit' } {
  return window.at === 'commit' && RETENTION_COMMITS.includes(window.commit);
}

/** A commit is met several times in a run; the seed chooses which. What happens once, or is only sure to happen once, is 1. */
export const TIMES: Readonly<Partial<Record<CommitName | 'effect', number>>> = {
  accept: 4,
  complete: 2,
  settle: 3,
  effect: 6,
};

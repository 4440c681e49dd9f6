import type { Pool } from 'pg';
import type { NodeRole } from './roles.ts';

export interface NodeRow {
  /** `host/pid/uuid`. */
  readonly name: string;
  readonly roles: readonly NodeRole[];
  /** Where it answers over HTTP; null when it does not. */
  readonly address: string | null;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** Silent until then, it counts as dead. */
  readonly expiresAt: Date;
  /** By the database's clock: it has announced itself within a lease. */
  readonly alive: boolean;
  /** Partitions that it owns now. */
  readonly partitions: readonly number[];
  /** Leases that it lost and writes of it that were refused, since it started. */
  readonly troubles: number;
  readonly lastTrouble: string | null;
  readonly lastTroubleAt: Date | null;
}

export interface NodeList {
  readonly nodes: readonly NodeRow[];
  /** Partitions that nobody owns now: their messages wait. */
  readonly unowned: readonly number[];
}

/** Every node that was seen within a day, the living first, and which partitions each owns. */
export async function listNodes(pool: Pool): Promise<NodeList> {
  const { rows } = await pool.query<NodeRow>(
    `select n.name, n.roles, n.address, n.started_at as "startedAt", n.seen_at as "seenAt", n.expires_at as "expiresAt", n.expires_at > clock_timestamp() as alive,
       n.troubles, n.last_trouble as "lastTrouble", n.last_trouble_at as "lastTroubleAt",
       array(select l.part from partition_lease l where l.owner = n.name and l.expires_at > clock_timestamp() order by l.part) as partitions
     from node n order by alive desc, n.started_at, n.name`,
  );
  const free = await pool.query<{ part: number }>(
    'select part from partition_lease where owner is null or expires_at <= clock_timestamp() order by part',
  );
  return { nodes: rows, unowned: free.rows.map(({ part }) => part) };
}

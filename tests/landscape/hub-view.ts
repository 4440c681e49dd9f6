import { type HubInReach, withHub } from '../../apps/hub/src/terminal/hub-in-reach.ts';
import type { RunningLandscape } from './running-landscape.ts';

/** Looks into the hub's journal as the command line does, without a process for each look. */
export function lookAtHub<T>(
  { folder }: RunningLandscape,
  look: (hub: HubInReach) => Promise<T>,
): Promise<T> {
  return withHub(folder.file('trunkline.yaml'), look);
}

/** Messages not yet processed, and deliveries that have not ended. */
export async function leftOver(running: RunningLandscape): Promise<{ messages: number; deliveries: number }> {
  return lookAtHub(running, async ({ pool }) => {
    const { rows } = await pool.query<{ messages: number; deliveries: number }>(
      `select (select count(*) from message_waiting)::int as messages, (select count(*) from delivery)::int as deliveries`,
    );
    return rows[0] ?? { messages: -1, deliveries: -1 };
  });
}

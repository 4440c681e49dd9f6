import type { ServerVersion } from '../transport/detection.ts';
import { NEWEST, OLDEST } from './differences.ts';

/** What a server that nobody tried is taken for. */
export interface TreatedAs {
  /** The version that was tried. */
  readonly major: number;
  /** Beyond all that were tried; otherwise between two of them. */
  readonly newer: boolean;
}

/** Odoo Online moves by way of versions of its own between two releases: `saas~19.2` is after 19.0 and before 20.0. */
const RELEASE = /^(?<saas>saas[~-])?(?<major>\d+)\.(?<minor>\d+)/;

/** Null: the version was tried itself. Pure. */
export function treatedAs({ version, major }: ServerVersion): TreatedAs | null {
  const { saas, minor } = RELEASE.exec(version)?.groups ?? {};
  if (saas === undefined && minor === '0' && major >= OLDEST && major <= NEWEST) return null;
  return { major: Math.min(major, NEWEST), newer: major >= NEWEST };
}

/** `19.0`; `saas~18.2 (treated as 18.0)`; `20.0 (newer than all that were tried, treated as 19.0)`. */
export function shownVersion(server: ServerVersion): string {
  const taken = treatedAs(server);
  if (taken === null) return server.version;
  const newer = taken.newer ? 'newer than all that were tried, ' : '';
  return `${server.version} (${newer}treated as ${taken.major}.0)`;
}

/**
 * The recorded exchanges of three real servers against the simulator: status, keys, types, values and which record is
 * meant. What is not compared, and why, is in src/replay/coverage.json. Real: the recordings, sockets on both ends.
 * Doubled: the clock, so that a moved write_date can be told from one that stood still.
 */
import { describe, expect, test } from 'vitest';
import { findRecordings } from '../src/replay/recording.ts';
import { replayServer } from '../src/replay/replay.ts';
import { printReport, reportRow } from '../src/replay/report.ts';
import { SERVERS } from '../src/replay/servers.ts';

const folder = findRecordings();

/** Fewer compared exchanges than this means that the replay lost its way, not that all is well. */
const LEAST_MATCHED: Record<string, number> = { '19.0 json2': 493, '19.0 jsonrpc': 429, '18.0 jsonrpc': 452 };

const MINUTE = 60_000;

if (folder)
  describe('replay of the recordings', () => {
    test.each(SERVERS)('%s over %s answers as recorded', { timeout: MINUTE }, async (series, transport) => {
      const rows = (await replayServer(folder, series, transport)).map(reportRow);
      const differing = rows.filter((row) => row.differing.length > 0);
      expect(differing, printReport(differing)).toEqual([]);
      const matched = rows.reduce((total, row) => total + row.matched, 0);
      expect(matched).toBeGreaterThanOrEqual(
        LEAST_MATCHED[`${series} ${transport}`] ?? Number.POSITIVE_INFINITY,
      );
    });
  });
else
  test('replay of the recordings', ({ skip }) => {
    skip('no recordings beside this checkout: set TRUNKLINE_SHARED to the folder that holds recordings/odoo');
  });

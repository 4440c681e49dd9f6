import { findRecordings } from './replay/recording.ts';
import { replayServer } from './replay/replay.ts';
import { SERVERS } from './replay/servers.ts';
import { printReport, reportRow } from './replay/report.ts';

async function main(): Promise<void> {
  const folder = findRecordings();
  if (!folder) {
    process.stderr.write(
      'No recordings found: set TRUNKLINE_SHARED to the folder that holds recordings/odoo, or put it beside the checkout as ../shared.\n',
    );
    process.exit(2);
  }
  const rows = [];
  for (const [series, transport] of SERVERS)
    rows.push(...(await replayServer(folder, series, transport)).map(reportRow));
  const text = process.argv.includes('--json') ? JSON.stringify(rows, null, 2) : printReport(rows);
  process.stdout.write(`${text}\n`);
  process.exitCode = rows.some((row) => row.differing.length > 0) ? 1 : 0;
}

await main();

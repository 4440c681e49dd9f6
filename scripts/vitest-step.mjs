import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GIVE_UP_MS = 20 * 60_000;

/** Runs Vitest and counts from its JSON report. A crash, an empty run or an error outside any test is a failure. */
export async function runVitest(root, filters) {
  const stateDir = mkdtempSync(join(tmpdir(), 'trunkline-test-'));
  const reportDir = mkdtempSync(join(tmpdir(), 'trunkline-report-'));
  const report = join(reportDir, 'vitest.json');
  try {
    const ended = await spawnVitest(root, filters, report, stateDir);
    const counts = countReport(report);
    if (ended === 0 && counts.failed === 0 && counts.passed > 0) return counts;
    if (counts.failed === 0) {
      counts.failed = 1;
      process.stdout.write(`${explain(ended, counts)}\n`);
    }
    return counts;
  } finally {
    rmSync(reportDir, { recursive: true, force: true });
    await endLeftServer(stateDir);
  }
}

function explain(ended, counts) {
  if (counts.passed === 0) return `Vitest ran no test (it ended with ${ended}); that counts as one failure.`;
  return `Vitest ended with ${ended} although no test failed; that counts as one failure.`;
}

async function spawnVitest(root, filters, report, stateDir) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...filters], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TRUNKLINE_TEST_STATE_DIR: stateDir },
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, forward);
  const timer = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, forward);
      resolve(code ?? signal);
    });
  });
}

/** A test file that failed to load has no test in the report, and counts as one. */
function countReport(path) {
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Vitest's own teardown ends the database server; after a crash of Vitest it falls to us. */
async function endLeftServer(stateDir) {
  const { readPostmaster } = await import('../packages/journal/src/embedded/postmaster-pid.ts');
  const { stopPostmaster } = await import('../packages/journal/src/embedded/postmaster.ts');
  const dataDir = join(stateDir, 'postgres', 'data');
  const running = await readPostmaster(dataDir);
  if (running !== undefined) await stopPostmaster(running.pid, dataDir, undefined);
  if (!existsSync(join(stateDir, 'kept-databases'))) rmSync(stateDir, { recursive: true, force: true });
}

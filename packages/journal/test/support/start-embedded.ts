// Run as a process of its own by the supervisor's tests: starts (or re-attaches to) the server in argv[2],
// says what came of it in one line of JSON, then lives until it is killed. Never stops the server.
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../../src/embedded/index.ts';

const stateDir = process.argv[2] ?? '';
try {
  const { url, pid, port, reattached } = await startEmbeddedPostgres({ stateDir });
  process.stdout.write(`${JSON.stringify({ url, pid, port, reattached })}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  const code = error instanceof EmbeddedPostgresError ? error.code : 'UNEXPECTED';
  process.stdout.write(`${JSON.stringify({ code, message: String(error) })}\n`);
}

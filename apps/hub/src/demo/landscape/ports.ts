import { createServer } from 'node:net';
import { DemoFailure, systemCode } from '../failure.ts';

/** The port itself when nobody listens on it. */
async function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (systemCode(error) === 'EADDRINUSE' || systemCode(error) === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

/**
 * The port of the console. Asked for: that one or a DemoFailure (exit 2). Else the preferred one, so that a bookmark stays good, or any
 * other free one. It is fixed for a run because the warehouses must find the hub again after it was started anew.
 */
export async function consolePort(asked: number | undefined, preferred: number): Promise<number> {
  if (asked !== undefined && asked !== 0) {
    if ((await tryPort(asked)) !== undefined) return asked;
    throw new DemoFailure(
      `Port ${asked} on 127.0.0.1 is in use or not allowed. Stop the program that listens there, or give another --port.`,
      2,
    );
  }
  const free = (await tryPort(preferred)) ?? (await tryPort(0));
  if (free === undefined)
    throw new DemoFailure('No port is free on 127.0.0.1. Stop some programs that listen.', 1);
  return free;
}

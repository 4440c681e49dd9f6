import { createServer } from 'node:net';

/** Listens for a moment on 127.0.0.1; 0 asks the system for any free port. Undefined: it is taken. */
export async function tryPort(port: number): Promise<number | undefined> {
  const probe = createServer();
  return await new Promise((resolve) => {
    probe.once('error', () => {
      resolve(undefined);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  });
}

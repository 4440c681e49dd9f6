import type { AddressInfo } from 'node:net';
import type { GatewayServer } from './server.ts';

export interface Gateway {
  /** Port 0 takes any free one. Resolves with the base address, e.g. `http://127.0.0.1:8080`. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Ends the event streams, answers what is in flight, then closes. */
  close(): Promise<void>;
}

export async function listen(app: GatewayServer, address: { host: string; port: number }): Promise<string> {
  try {
    await app.listen(address);
  } catch (error) {
    throw explainListenError(error, address);
  }
  const { port } = app.server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `http://${host}:${port}`;
}

function explainListenError(error: unknown, { host, port }: { host: string; port: number }): Error {
  const code = (error as NodeJS.ErrnoException).code;
  const because: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is in use by another program. Stop that program, or choose another gateway.port.`,
    EACCES: `Port ${port} needs rights that this user lacks. Choose a gateway.port above 1023, or grant the right to bind low ports.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Set gateway.host to one that it has, e.g. 127.0.0.1 or 0.0.0.0.`,
  };
  const sentence = code === undefined ? undefined : because[code];
  return sentence === undefined ? (error as Error) : new Error(sentence, { cause: error });
}

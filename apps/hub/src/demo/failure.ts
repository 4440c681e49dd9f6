/** The demo cannot start or go on, and a person can mend that. The message says situation, cause and remedy. */
export class DemoFailure extends Error {
  /** 2: what was asked for is wrong; 1: the run itself failed. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.name = 'DemoFailure';
    this.exitCode = exitCode;
  }
}

/** The `code` of a Node.js or libuv error (`ENOENT`, `EADDRINUSE`), when it has one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { CommandPayloads, CommandType, CanonicalEventType } from '@trunkline/canonical';
import type { Command, JsonObject } from '@trunkline/messaging';

export interface CommandOptions<T extends CommandType> {
  readonly role: string;
  readonly flow: string;
  readonly type: T;
  readonly payload: CommandPayloads[T];
  readonly place?: string;
  readonly supersedes?: string;
  readonly reply?: CanonicalEventType;
}

/**
 * A command whose payload fits its type. The cast is safe because payloads are built of JSON values only; TypeScript gives an
 * interface no index signature, so it cannot see that.
 */
export function command<T extends CommandType>({ payload, ...rest }: CommandOptions<T>): Command {
  return { ...rest, payload: payload as unknown as JsonObject };
}

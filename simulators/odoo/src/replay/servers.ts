/** Every server that was recorded. */
export const SERVERS = [
  ['19.0', 'json2'],
  ['19.0', 'jsonrpc'],
  ['18.0', 'jsonrpc'],
] as const;

/**
 * Sized for two cores and one hub. fsync, full_page_writes and synchronous_commit stay on: a 2xx means that
 * the message is on disk. Caller's values win; they are command-line settings, so ALTER SYSTEM can't override them.
 */
const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: '128MB',
  max_connections: '60',
  fsync: 'on',
  synchronous_commit: 'on',
  wal_compression: 'on',
  max_wal_size: '1GB',
  // After a quiet night fewer files of the log would be left, and the morning's first flood would wait for new ones: 16 MB of zeros each.
  min_wal_size: '512MB',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
};

/** What the supervisor relies on and no caller may change. */
function fixedSettings(port: number): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
  };
}

export function settingArguments(port: number, overrides: Readonly<Record<string, string>>): string[] {
  const settings = { ...DEFAULT_SETTINGS, ...overrides, ...fixedSettings(port) };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

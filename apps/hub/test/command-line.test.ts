/**
 * The command line without a hub. Real: the process, its arguments, its exit code and output, files on disk. May observe: what a person
 * at a terminal or a script sees.
 */
import { utimesSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { configurationFile, RIGHT, temporaryFolder } from './support/configuration-file.ts';
import { trunkline, unread } from './support/trunkline.ts';

// Each test starts processes, and one takes a second of a whole core.
vi.setConfig({ testTimeout: 120_000 });

const COMMANDS = ['start', 'check', 'doctor', 'status', 'thread', 'exceptions', 'login', 'demo'];

describe('help', () => {
  it('names every command and ends well', async () => {
    const { code, stdout, stderr } = await trunkline(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  it('of a command names its options', async () => {
    const { code, stdout } = await trunkline(['exceptions', '--help']);
    expect(code).toBe(0);
    for (const word of ['--json', '--config', '--limit', 'show [options] <id>', 'retry', 'discard'])
      expect(stdout).toContain(word);
  });

  it.each([
    [['dispatch'], "unknown command 'dispatch'"],
    [['status', '--jsno'], "unknown option '--jsno'"],
    [['thread'], "missing required argument 'identifier'"],
    [['start'], "required option '-c, --config <file>' not specified"],
    [['exceptions', 'discard', '1-1'], "required option '--reason <text>' not specified"],
    [['exceptions', '--limit', 'many'], 'A whole number from 1 on.'],
    [['exceptions', 'cases', '--sort', 'foo'], 'Use one of oldest, newest, value, count.'],
    [['replay', 'preview', '--from', 'yesterday'], 'Write it as 2026-03-02T08:00:00Z.'],
    [['odoo', 'types'], "required option '--models <names>' not specified"],
    [['demo', '--port', '70000'], 'A port is a whole number up to 65535.'],
    [
      ['check-odoo', '--database', 'd', '--key', 'k', '--url', 'acme'],
      'An address like https://acme.odoo.com.',
    ],
  ])('comes with exit code 2 for a wrong call: %j', async (args, words) => {
    const { code, stdout, stderr } = await trunkline(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).toContain('Usage: trunkline');
  });
});

it.each([
  [['replay', 'preview'], 'A replay needs a bound: say --from <time> or --key <identifier>.'],
  [['exceptions', 'bulk', 'retry'], 'Say which: --case, --flow, --target or --code.'],
  [['exceptions', 'assign', '1-1'], 'Say to whom: --to <person>, --queue <queue>, or --nobody.'],
  [['exceptions', 'bulk', 'edit', '--case', 'x', '--why', 'y'], 'Say what to change: --path and --value'],
])(
  'a call that lacks one of several options is told before any hub is asked, exit code 2: %j',
  async (args, words) => {
    const { code, stdout, stderr } = await trunkline(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  },
);

describe('check', () => {
  it('says what a right configuration connects, exit code 0', async () => {
    const file = configurationFile(RIGHT);
    const { code, stdout } = await trunkline(['check', '-c', file]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${file} is right.\n  systems: crm (salesforce), erp (odoo), dallas (warehouse-rest)\n  sites: DAL (dallas)\n`,
    );
  });

  it('warns of what works and is hardly meant, by name, with line and remedy, exit code 0', async () => {
    const warehouse = (name: string, site: string) =>
      `  ${name}:\n    connector: warehouse-rest\n    url: http://127.0.0.1:9\n    site: ${site}\n    token: t\n    webhookSecret: whsec_aHVudGVyNWh1bnRlcjVodW50ZXI1\n`;
    const file = configurationFile(
      `${RIGHT.replace('- site: DAL', '- site: DAL\n    when: { country: [US] }')}
retention: { default: 10d, dedupe: 30d, audit: 40d }
flows:
  order-status: { retry: { max: 1m } }
  customer-sync: { retry: { max: 5m } }
`.replace(
        'sites:\n',
        `${warehouse('reno', 'RNO')}${warehouse('tulsa', 'TUL')}${warehouse('stray', 'STR')}sites:
  RNO: { executes: reno }
  TUL: { executes: tulsa, odooWarehouse: TU }
`,
      ),
    );
    const people = await trunkline(['check', '-c', file]);
    expect(people).toMatchObject({ code: 0, stdout: expect.stringContaining(`${file} is right.`) });
    expect(people.stdout).toMatch(
      /routes: every route has conditions.* \[no_catch_all_route\]\n {2}Put a route/,
    );
    expect(people.stdout).toMatch(/\n\n6 warnings: the hub starts with it all the same\.\n$/);
    const programs = await trunkline(['check', '--json', '-c', file]);
    const told = JSON.parse(programs.stdout) as { warnings: { name: string; path: string; line: number }[] };
    expect(told).toMatchObject({ ok: true, problems: [] });
    expect(told.warnings.map(({ name, path }) => [name, path])).toEqual([
      ['system_without_flow', 'systems.stray'],
      ['site_without_route', 'sites.RNO'],
      ['no_catch_all_route', 'routes'],
      ['retention_below_dedupe', 'retention'],
      ['audit_outlives_messages', 'retention.audit'],
      ['retry_without_effect', 'flows.order-status.retry.max'],
    ]);
    expect(new Set(told.warnings.map(({ line }) => line)).size, 'each at its line').toBeGreaterThan(4);
  });

  it('tells every problem with its line and remedy, exit code 2, for people and for programs', async () => {
    const file = configurationFile(RIGHT.replace('8470', '70000').replace('- site: DAL', '- site: AUS'));
    const people = await trunkline(['check', '-c', file]);
    expect(people.code).toBe(2);
    expect(people.stdout).toContain(`${file}:4: gateway.port: 70000 must be <= 65535\n  Correct the value.`);
    expect(people.stdout).toContain(`${file}:28: routes.0.site: there is no site AUS\n  Use one of: DAL.`);
    expect(people.stdout).toMatch(/\n\n2 problems\.\n$/);
    const programs = await trunkline(['check', '--json', '-c', file]);
    expect(programs.code).toBe(2);
    expect(JSON.parse(programs.stdout)).toMatchObject({
      file,
      ok: false,
      problems: [
        { line: 4, path: 'gateway.port' },
        { line: 28, path: 'routes.0.site' },
      ],
    });
  });
});

describe('which configuration', () => {
  it('is the named one, else TRUNKLINE_CONFIG, else ./trunkline.yaml', async () => {
    const file = configurationFile(RIGHT);
    expect((await trunkline(['check'], { TRUNKLINE_CONFIG: file })).stdout).toContain(`${file} is right.`);
    const none = await trunkline(['check'], { TRUNKLINE_CONFIG: '' });
    expect(none.code).toBe(2);
    expect(none.stdout).toMatch(/\/trunkline\.yaml:1: the file does not exist\n {2}Name another with -c/);
  });

  it('is the demo’s that was started last when there is no other', async () => {
    const state = temporaryFolder();
    for (const [name, at] of [
      ['demo', 2],
      ['batch', 1],
    ] as const) {
      await mkdir(join(state, name));
      const file = join(state, name, 'trunkline.yaml');
      await writeFile(file, RIGHT);
      utimesSync(file, at, at);
    }
    const { stdout } = await trunkline(['check'], { TRUNKLINE_STATE: state });
    expect(stdout).toContain(join(state, 'demo', 'trunkline.yaml'));
  });
});

describe('a hub that is not there', () => {
  it.each([['status'], ['exceptions', 'retry', '1-1']])(
    'is told with the way to start it, exit code 1: %s %s',
    async (...args) => {
      const file = configurationFile(RIGHT);
      const { code, stdout, stderr } = await trunkline([
        ...args.filter((arg) => arg !== undefined),
        '-c',
        file,
      ]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(
        `The hub of ${file} is not running, and its embedded database with it.\nStart it: trunkline start -c ${file}\n`,
      );
    },
  );

  it('is told with the command as it was called, when that was by npm', async () => {
    const { stderr } = await trunkline(['status', '-c', configurationFile(RIGHT)], {
      npm_lifecycle_event: 'trunkline',
    });
    expect(stderr).toContain('Start it: npm run trunkline -- start -c');
  });

  it.each([
    [
      'status',
      'postgres://u:hunter2@127.0.0.1:1/none',
      1,
      'Nothing listens on 127.0.0.1:1. Is the server up',
    ],
    ['start', 'postgres://u:hunter2@localhost:1/none', 1, ':1. Is the server up, and is the address right?'],
    ['status', 'postgres://u:hunter2@nowhere.invalid/none', 1, 'The name nowhere.invalid leads nowhere.'],
    ['start', 'me:hunter2@db', 2, 'Write it as postgres://user:password@host:5432/name'],
  ])('is told in a sentence when DATABASE_URL is wrong: %s on %s', async (command, url, code, words) => {
    const ended = await trunkline([command, '-c', configurationFile(RIGHT)], { DATABASE_URL: url });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(words);
    expect(ended.stderr).not.toMatch(/\n {4}at |hunter2/);
  });

  it('does not keep doctor from looking at everything else', async () => {
    const file = configurationFile(
      RIGHT.replaceAll(/https:\/\/[\w.]+/g, 'http://127.0.0.1:1').replace('port: 8470', 'port: 1'),
    );
    const { code, stdout } = await trunkline(['doctor', '--json', '-c', file]);
    expect(code).toBe(1);
    const { ok, findings } = JSON.parse(stdout) as {
      ok: boolean;
      findings: { system: string; ok: boolean; remedy?: string }[];
    };
    expect(ok).toBe(false);
    expect([...new Set(findings.map(({ system }) => system))]).toEqual([
      'configuration',
      'database',
      'crm',
      'erp',
      'dallas',
    ]);
    expect(findings[0]).toMatchObject({ system: 'configuration', ok: true });
    for (const finding of findings.slice(1)) {
      expect(finding.ok).toBe(false);
      expect(finding.remedy).toBeTruthy();
    }
    expect(stdout).not.toContain('hunter');
  });
});

it('has no secret of a configuration in what start prints about a wrong one', async () => {
  const file = configurationFile(RIGHT.replace('apiKey: hunter3', 'apiKey: [hunter3]'));
  const { code, stderr } = await trunkline(['start', '-c', file]);
  expect(code).toBe(2);
  expect(stderr).toContain('systems.erp.apiKey: must be string');
  expect(stderr).not.toContain('hunter');
});

it('says nothing when its reader has enough', async () => {
  expect(await unread(['check', '-c', configurationFile(RIGHT)])).toBe('');
});

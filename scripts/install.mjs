import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MARKER = join('node_modules', '.trunkline-lock');
/** Install scripts stay off on every npm version: nothing here needs one, and npm 11 warns where it meets one. */
const QUIET = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

/** Makes node_modules what package-lock.json says, unless it is already. */
export async function ensureInstalled(root) {
  const wanted = fingerprint(root);
  const marker = join(root, MARKER);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  const started = Date.now();
  process.stderr.write('Installing what Trunkline needs (once; about half a minute) ... ');
  await install(root);
  writeFileSync(marker, wanted);
  process.stderr.write(`done in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

/** Changes when the lockfile does, or the platform whose binaries were installed. */
function fingerprint(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

async function install(root) {
  const clean = await npm(['ci', ...QUIET], root);
  if (clean.code === 0) return;
  if (!onlyLacksForeignPlatforms(clean.output, root)) throw installError(clean.output, root);
  const lenient = await npm(['install', '--no-save', ...QUIET], root);
  if (lenient.code !== 0) throw installError(lenient.output, root);
}

/**
 * A registry that doesn't carry some package's builds for other platforms makes a lockfile without them, and
 * `npm ci` then refuses the whole lockfile, although those builds are optional and would not be installed.
 * `npm install --no-save` takes the same locked versions by the same checksums. Any other complaint, such as a
 * version that differs, stays an error.
 */
export function onlyLacksForeignPlatforms(output, root) {
  const complaints = output.split('\n').flatMap((line) => {
    const found = /(Missing|Invalid): (?:lock file's )?(\S+?)@\S* /.exec(line);
    return found === null ? [] : [{ kind: found[1], name: found[2] }];
  });
  if (complaints.length === 0) return false;
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const optional = new Set(
    Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {})),
  );
  return complaints.every(({ kind, name }) => kind === 'Missing' && optional.has(name));
}

/** npm's own JavaScript under this Node where it can be told (npm run sets npm_execpath), else the one on PATH. */
async function npm(args, cwd) {
  const script = process.env.npm_execpath;
  const direct = script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script);
  const [command, argv] = direct ? [process.execPath, [script, ...args]] : ['npm', args];
  const shell = !direct && process.platform === 'win32';
  const child = spawn(command, argv, { cwd, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk) => {
    output += chunk;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return await new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(
        new Error(`npm could not be started (${cause.message}). Install npm, then start again.`, { cause }),
      );
    });
    child.once('close', (code) => {
      resolve({ code: code ?? 1, output });
    });
  });
}

const REMEDIES = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|network request to/,
    'the npm registry can not be reached. Check the network and the registry or proxy that "npm config get registry" names, then start again.',
  ],
  [/ENOSPC/, 'the disk is full. The packages need about 1 GB; free some space, then start again.'],
  [
    /EACCES|EPERM|EROFS/,
    'this user may not write into the checkout. Start as the user who owns it, or give it to this user.',
  ],
  [
    /EUSAGE/,
    'package.json and package-lock.json do not fit each other. Run "npm install", and commit the lockfile if you changed package.json.',
  ],
  [
    /EINTEGRITY/,
    'a downloaded package is not the one that the lockfile names. Try "npm cache clean --force" once.',
  ],
];

function installError(output, root) {
  const known = REMEDIES.find(([pattern]) => pattern.test(output));
  const tail = output.trim().split('\n').slice(-12).join('\n');
  const why = known?.[1] ?? 'npm failed as shown above.';
  return new Error(
    `${known === undefined ? `${tail}\n` : ''}The packages could not be installed in ${root}: ${why}`,
  );
}

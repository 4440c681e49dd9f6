/**
 * How a demo ends, and what the next one makes of it. Real: files. Doubled: signals and the clock, in this process. Observed: what was
 * asked for, what is left in the folder.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StateFolder } from '../src/demo/landscape/state-folder.ts';
import { stateFilesOf } from '../src/demo/landscape/simulators.ts';
import { INTERRUPTED, interruption } from '../src/demo/run/interruption.ts';

describe('signals', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('ask once when they come at once, as from npm and the process group, and a second time later', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    const kill = vi.fn(() => Promise.resolve());
    const interrupted = interruption();
    interrupted.onSecond(kill);
    try {
      process.emit('SIGINT');
      process.emit('SIGTERM');
      vi.advanceTimersByTime(300);
      process.emit('SIGINT');
      expect(await interrupted.first).toBe(INTERRUPTED);
      expect(kill).not.toHaveBeenCalled();
      vi.advanceTimersByTime(2000);
      process.emit('SIGINT');
      expect(kill).toHaveBeenCalledOnce();
      await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(INTERRUPTED));
    } finally {
      interrupted.release();
    }
  });
});

describe('a state folder', () => {
  let state: string;
  let folder: StateFolder;
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'trunkline-torn-'));
    folder = await StateFolder.open('demo', false, { TRUNKLINE_STATE: state });
  });
  afterEach(async () => {
    await folder.release();
    await rm(state, { recursive: true, force: true });
  });
  const systems = stateFilesOf(false);
  const keep = (name: string) => writeFile(join(folder.path, name), '{}');

  it('in which a system did not write down what it held is begun anew', async () => {
    for (const name of ['masters.json', 'identity.json', ...systems.slice(1).map((one) => `${one}.json`)])
      await keep(name);
    expect(await folder.dropTorn(systems)).toBe(true);
    expect((await readdir(folder.path)).filter((name) => name !== 'demo.pid')).toEqual([]);
  });

  it('that is whole, or that never got as far as masters, is left as it is', async () => {
    await keep('identity.json');
    expect(await folder.dropTorn(systems)).toBe(false);
    for (const name of ['masters.json', ...systems.map((one) => `${one}.json`)]) await keep(name);
    expect(await folder.dropTorn(systems)).toBe(false);
    expect(await readdir(folder.path)).toContain('salesforce.json');
  });

  it('of a live ERP needs no state of a simulated one', async () => {
    for (const name of ['masters.json', ...stateFilesOf(true).map((one) => `${one}.json`)]) await keep(name);
    expect(await folder.dropTorn(stateFilesOf(true))).toBe(false);
  });
});

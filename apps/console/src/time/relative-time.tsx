import { Tooltip } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { ago, utc } from './format.ts';

/** One clock for all the ages on the page. */
const TICK_MS = 1000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A text about now that moves on. */
export function useNow(textOf: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => textOf(now));
}

/** An age that moves on; the exact time in UTC on hover and for screen readers that ask. */
export function RelativeTime({ value }: { readonly value: string }) {
  const text = useNow((at) => ago(Date.parse(value), at));
  return (
    <Tooltip label={utc(value)} openDelay={150}>
      <time dateTime={value} style={{ whiteSpace: 'nowrap' }}>
        {text}
      </time>
    </Tooltip>
  );
}

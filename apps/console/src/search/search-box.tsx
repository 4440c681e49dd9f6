import { Kbd, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type SubmitEvent, useEffect, useRef, useState } from 'react';

/** In the header of every page; `/` goes there. */
export function SearchBox() {
  const navigate = useNavigate();
  const shown = useSearch({ strict: false }).q ?? '';
  const [text, setText] = useState(shown);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(shown), [shown]);
  useHotkeys([['/', () => input.current?.select()]]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void navigate({ to: '/search', search: { q: text.trim() } });
  };
  return (
    <form role="search" onSubmit={submit}>
      <TextInput
        ref={input}
        type="search"
        aria-label="Find an order by any identifier"
        placeholder="Order, PO, release, tracking number…"
        leftSection={<IconSearch size={16} stroke={1.8} aria-hidden />}
        rightSection={
          <Kbd size="xs" aria-hidden>
            /
          </Kbd>
        }
        rightSectionPointerEvents="none"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}

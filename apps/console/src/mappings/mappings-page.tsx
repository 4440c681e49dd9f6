import { Button, Group, Modal, Title } from '@mantine/core';
import { IconArrowsExchange, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Mapping } from '../api/contract.ts';
import { mappingsQuery } from '../api/queries.ts';
import { Failure, Loading, Notice } from '../feedback/notice.tsx';
import { Outcome } from '../feedback/outcome.tsx';
import { Refused } from '../feedback/refused.tsx';
import { MappingForm } from './mapping-form.tsx';
import { MappingTable } from './mapping-table.tsx';
import classes from './mappings-page.module.css';
import { type NewMapping, useMap } from './use-map.ts';
import { WaitingWords } from './waiting-words.tsx';

/** What a system's words are in another's, and which words are missing. */
export function MappingsPage() {
  const { data, error, refetch } = useQuery(mappingsQuery);
  const [form, setForm] = useState<'new' | Mapping>();
  const [removing, setRemoving] = useState<Mapping>();
  const map = useMap();
  const send = (mapping: NewMapping) =>
    map.mutate(mapping, {
      onSuccess: () => {
        setForm(undefined);
        setRemoving(undefined);
      },
    });
  return (
    <>
      <Group justify="space-between" align="flex-start">
        <Title order={1}>Mappings</Title>
        <Button leftSection={<IconPlus size={16} stroke={2} />} onClick={() => setForm('new')}>
          Add…
        </Button>
      </Group>
      <p className={`soft ${classes['lead']}`}>
        What a word of one system is called in another. A missing one is supplied once, and everything that
        waited for it goes on by itself.
      </p>
      <div className={classes['outcome']}>
        {map.isSuccess && <Did mapping={map.data} />}
        {map.error !== null && form === undefined && removing === undefined && <Refused error={map.error} />}
      </div>
      {data === undefined && error === null && <Loading what="mappings" />}
      {error !== null && data === undefined && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && data.waiting.length > 0 && (
        <WaitingWords
          words={data.waiting}
          busy={map.isPending ? map.variables.source : undefined}
          onMap={send}
        />
      )}
      {data !== undefined && <Mapped mappings={data.items} onChange={setForm} onRemove={setRemoving} />}
      {form !== undefined && (
        <Modal
          opened
          onClose={() => setForm(undefined)}
          title={form === 'new' ? 'Add a mapping' : `Change ${form.source}`}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <MappingForm
            of={form === 'new' ? undefined : form}
            pending={map.isPending}
            error={map.error}
            onSend={send}
            onCancel={() => setForm(undefined)}
          />
        </Modal>
      )}
      {removing !== undefined && (
        <Removal
          mapping={removing}
          pending={map.isPending}
          error={map.error}
          onRemove={() => {
            const { kind, system, source } = removing;
            send({ kind, system, source, target: null });
          }}
          onCancel={() => setRemoving(undefined)}
        />
      )}
    </>
  );
}

function Mapped(props: {
  readonly mappings: readonly Mapping[];
  readonly onChange: (mapping: Mapping) => void;
  readonly onRemove: (mapping: Mapping) => void;
}) {
  const { mappings, onChange, onRemove } = props;
  const current = mappings.filter(({ target }) => target !== undefined);
  return (
    <section className={`panel ${classes['mappings']}`} aria-label="What is mapped">
      {current.length === 0 ? (
        <Notice icon={IconArrowsExchange} title="Nothing is mapped">
          Words are taken as they come. The first one that a system does not know is asked for here.
        </Notice>
      ) : (
        <MappingTable mappings={current} onChange={onChange} onRemove={onRemove} />
      )}
    </section>
  );
}

function Did({ mapping: { source, target } }: { readonly mapping: Mapping }) {
  return target === undefined ? (
    <Outcome tone="ok" title={`${source} is mapped no more`}>
      It is taken as it comes from now on; what was sent stays as it is.
    </Outcome>
  ) : (
    <Outcome tone="ok" title={`${source} is ${target}`}>
      What waited for it goes on within seconds.
    </Outcome>
  );
}

function Removal(props: {
  readonly mapping: Mapping;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly onRemove: () => void;
  readonly onCancel: () => void;
}) {
  const { source, target } = props.mapping;
  return (
    <Modal
      opened
      onClose={props.onCancel}
      title={`Remove ${source}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <p className={classes['removal']}>
        {source} is no longer {target}, from the next command on. The record of it stays.
      </p>
      {props.error !== null && <Refused error={props.error} />}
      <Group mt="md">
        <Button color="red" loading={props.pending} data-autofocus onClick={props.onRemove}>
          Remove it
        </Button>
        <Button variant="default" onClick={props.onCancel}>
          Keep it
        </Button>
      </Group>
    </Modal>
  );
}

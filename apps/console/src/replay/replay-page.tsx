import { Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { call } from '../api/client.ts';
import type { Bulk } from '../api/contract.ts';
import { Refused } from '../feedback/refused.tsx';
import { ActPanel } from './act-panel.tsx';
import { ActList } from './act-list.tsx';
import { ReplayForm } from './replay-form.tsx';
import classes from './replay-page.module.css';
import { chosenIn, type ReplayRequest } from './selection.ts';

/** Deciding messages of the sources again: chosen, counted, tried on five, started, watched, cancelled. */
export function ReplayPage() {
  const { act, ...chosen } = useSearch({ from: '/replay' });
  const navigate = useNavigate({ from: '/replay' });
  const queries = useQueryClient();
  const preview = useMutation({
    mutationFn: (request: ReplayRequest) => call<Bulk>('POST', '/bulk', request),
    onSuccess: (bulk) => {
      void queries.invalidateQueries({ queryKey: ['bulk'] });
      void navigate({ search: (before) => ({ ...before, act: bulk.id }), resetScroll: false });
    },
  });
  return (
    <>
      <Title order={1}>Replay</Title>
      <p className={`soft ${classes['lead']}`}>
        Decides messages of the source systems again, on the present state, configuration and mappings. What
        an order knows already changes nothing and sends nothing.
      </p>
      <div className={classes['columns']}>
        <section className={`panel ${classes['form']}`} aria-label="What to replay">
          <ReplayForm
            initial={chosen}
            onChosen={(next) =>
              void navigate({
                search: (before) => ({
                  ...(before.act === undefined ? {} : { act: before.act }),
                  ...chosenIn({ ...next }),
                }),
                replace: true,
                resetScroll: false,
              })
            }
            pending={preview.isPending}
            onPreview={(request) => preview.mutate(request)}
          />
          {preview.error !== null && <Refused error={preview.error} />}
        </section>
        <div className={classes['acts']}>
          {act !== undefined && (
            <ActPanel id={act} onClose={() => void navigate({ search: chosen, resetScroll: false })} />
          )}
          <ActList
            chosen={act}
            onChoose={(id) => void navigate({ search: { ...chosen, act: id }, resetScroll: false })}
          />
        </div>
      </div>
    </>
  );
}

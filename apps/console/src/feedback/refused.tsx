import { ApiProblem } from '../api/client.ts';
import { Faults } from './faults.tsx';
import { Outcome } from './outcome.tsx';

/** An act that the hub refused, in its own words, with the places that are wrong. */
export function Refused({ error }: { readonly error: Error }) {
  const faults = error instanceof ApiProblem ? error.faults : [];
  return (
    <>
      <Outcome tone="bad" title={error instanceof ApiProblem ? error.title : 'That failed'}>
        {error.message}
      </Outcome>
      {faults.length > 0 && <Faults faults={faults} />}
    </>
  );
}

import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { Identifier } from '../api/contract.ts';
import { humanise } from '../vocabulary/words.ts';
import classes from './identifiers.module.css';

/** Every id that the order has in any system, to take along into that system. */
export function Identifiers({ identifiers }: { readonly identifiers: readonly Identifier[] }) {
  if (identifiers.length === 0) return null;
  return (
    <ul className={classes['identifiers']} aria-label="Identifiers">
      {identifiers.map((identifier) => (
        <li key={`${identifier.system}/${identifier.kind}/${identifier.value}`}>
          <span className={classes['kind']}>
            {humanise(identifier.kind)} · {identifier.system}
          </span>
          <span className={classes['value']}>
            <span className="mono">{identifier.value}</span>
            <Copy identifier={identifier} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Copy({ identifier }: { readonly identifier: Identifier }) {
  return (
    <CopyButton value={identifier.value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : 'Copy'}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            onClick={copy}
            aria-label={`${copied ? 'Copied' : 'Copy'} ${identifier.kind} ${identifier.value}`}
          >
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} stroke={1.7} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

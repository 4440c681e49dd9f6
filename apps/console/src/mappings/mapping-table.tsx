import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowRight, IconPencil, IconTrash } from '@tabler/icons-react';
import type { Mapping } from '../api/contract.ts';
import { RelativeTime } from '../time/relative-time.tsx';
import { HUB, kindLabel } from './kinds.ts';
import classes from './mapping-table.module.css';

export function MappingTable(props: {
  readonly mappings: readonly Mapping[];
  readonly onChange: (mapping: Mapping) => void;
  readonly onRemove: (mapping: Mapping) => void;
}) {
  return (
    <>
      <div className={classes['head']} aria-hidden>
        <span>What</span>
        <span>Word</span>
        <span>Is</span>
        <span>Why</span>
        <span>Since</span>
        <span />
      </div>
      <ul className={classes['list']}>
        {props.mappings.map((mapping) => (
          <li key={mapping.revision} className={classes['row']} aria-label={mapping.source}>
            <span className={classes['kind']}>
              {kindLabel(mapping.kind)}
              {mapping.system !== HUB && <span className="soft"> in {mapping.system}</span>}
            </span>
            <span className={`mono ${classes['word']}`}>{mapping.source}</span>
            <span className={`mono ${classes['word']}`}>
              <IconArrowRight size={14} stroke={2} aria-hidden /> {mapping.target}
            </span>
            <span className={`soft ${classes['why']}`}>{mapping.why}</span>
            <span className={`soft ${classes['since']}`}>
              {mapping.by}, <RelativeTime value={mapping.at} />
            </span>
            <span className={classes['acts']}>
              <Tooltip label="Change">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Change ${mapping.source}`}
                  onClick={() => props.onChange(mapping)}
                >
                  <IconPencil size={17} stroke={1.8} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Remove">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${mapping.source}`}
                  onClick={() => props.onRemove(mapping)}
                >
                  <IconTrash size={17} stroke={1.8} />
                </ActionIcon>
              </Tooltip>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

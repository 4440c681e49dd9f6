import type { Pool } from 'pg';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** Default or `generated always as identity`; null when neither. */
  readonly filled: string | null;
}

export interface Index {
  readonly name: string;
  readonly unique: boolean;
  readonly primary: boolean;
  /** Plain columns; an expression counts as ''. */
  readonly columns: readonly string[];
  /** What follows the table's name in its definition, e.g. `btree (part, key)`. */
  readonly definition: string;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly checks: readonly string[];
  readonly foreignKeys: readonly string[];
  readonly triggers: readonly string[];
  readonly storage: readonly string[];
  /** `RANGE (class, id)`; null when it is not partitioned. */
  readonly partitioned: string | null;
}

/** The tables of the schema `trunkline` by name, as the server's own catalogue has them; a partition is no table of its own. */
export async function readCatalogue(pool: Pool): Promise<readonly Table[]> {
  const { rows } = await pool.query<Table>(`
    select c.relname as name,
      coalesce(c.reloptions, '{}') as storage,
      case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partitioned,
      (select json_agg(json_build_object(
          'name', a.attname,
          'type', format_type(a.atttypid, a.atttypmod),
          'notNull', a.attnotnull,
          'filled', case when a.attidentity = 'a' then 'generated always as identity' else pg_get_expr(d.adbin, d.adrelid) end
        ) order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      coalesce((select json_agg(json_build_object(
          'name', i.relname,
          'unique', x.indisunique,
          'primary', x.indisprimary,
          'columns', (select json_agg(coalesce(a.attname, '') order by k.place)
            from unnest(x.indkey::int2[]) with ordinality k(number, place)
            left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number and k.number > 0),
          'definition', regexp_replace(pg_get_indexdef(i.oid), '^.* USING ', '')
        ) order by x.indisprimary desc, i.relname)
        from pg_index x join pg_class i on i.oid = x.indexrelid
        where x.indrelid = c.oid), '[]') as indexes,
      array(select pg_get_constraintdef(k.oid) from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' order by k.conname) as checks,
      array(select k.conname::text from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' order by 1) as "foreignKeys",
      array(select t.tgname::text from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal order by 1) as triggers
    from pg_class c
    where c.relnamespace = 'trunkline'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname`);
  return rows;
}

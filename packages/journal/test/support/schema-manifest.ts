import type { Column, Table } from './catalogue.ts';

export const MANIFEST = new URL('../../../../docs/spec/journal-schema.md', import.meta.url);

/** The journal's tables as a page for people and for a diff: what a migration changed is seen in review. */
export function schemaManifest(tables: readonly Table[]): string {
  return `# The journal's schema

Generated from the server's catalogue by \`npm run schema\`; a test fails when it is out of date. The schema is \`trunkline\`.

${tables.map(section).join('\n')}`;
}

function section(table: Table): string {
  const storage = table.storage.length === 0 ? '' : `\nStorage: ${table.storage.join(', ')}.\n`;
  const partitioned = table.partitioned === null ? '' : `\nPartitioned by \`${table.partitioned}\`.\n`;
  const checks = table.checks.map((check) => `- \`${check}\`\n`).join('');
  return `## ${table.name}

| column | type | null | filled by |
|---|---|---|---|
${table.columns.map(row).join('')}
${table.indexes.map((index) => `- ${index.primary ? 'primary key' : index.unique ? 'unique index' : 'index'} \`${index.name}\`: \`${index.definition}\`\n`).join('')}${checks}${partitioned}${storage}`;
}

function row({ name, type, notNull, filled }: Column): string {
  return `| ${name} | ${type} | ${notNull ? 'no' : 'yes'} | ${filled === null ? '' : `\`${filled}\``} |\n`;
}

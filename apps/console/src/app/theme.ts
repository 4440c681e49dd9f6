import { createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#e9f6f7',
  '#d6ebec',
  '#abd6d9',
  '#7dc0c5',
  '#58aeb4',
  '#3f9fa6',
  '#26808a',
  '#1f6f78',
  '#175e66',
  '#0a4a52',
];

/** Neutral greys of our own: a little cooler than Mantine's, and less blue in the dark. */
const dark: MantineColorsTuple = [
  '#d5dadd',
  '#b3babf',
  '#8e979d',
  '#636c73',
  '#3d454b',
  '#2b3237',
  '#21272b',
  '#181d20',
  '#12161a',
  '#0c0f12',
];

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, dark },
  defaultRadius: 'md',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.375rem', lineHeight: '1.3' }, h2: { fontSize: '1rem', lineHeight: '1.4' } },
  },
  respectReducedMotion: true,
});

/** The mark: one line that forks to two, as the favicon draws it. */
export function BrandMark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="var(--mantine-color-petrol-7)" />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
        <path d="M6 16h20" />
        <path d="M11 16c4 0 4-7 9-7" />
        <path d="M11 16c4 0 4 7 9 7" />
      </g>
    </svg>
  );
}

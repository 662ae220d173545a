// A line of a few values without axes, beside the text that says them. No library: it is drawn while a run goes on.

/** px */
const SIZE = { width: 96, height: 20, inset: 3 } as const;

export function Sparkline({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const { width, height, inset } = SIZE;
  const most = Math.max(...values);
  const x = (i: number): number => inset + (i * (width - 2 * inset)) / Math.max(1, values.length - 1);
  const y = (value: number): number => height - inset - (most > 0 ? value / most : 0) * (height - 2 * inset);
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      <polyline points={points.join(' ')} fill="none" />
      <circle cx={x(values.length - 1)} cy={y(values.at(-1)!)} r={2.5} />
    </svg>
  );
}

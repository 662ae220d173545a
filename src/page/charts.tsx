// A chart's frame: title, what it says in a sentence, and the drawing, which loads the drawing library when first shown.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ChartSpec } from '../report/charts.ts';

interface ChartProps {
  readonly spec: ChartSpec;
  /** Label of a software adapter, else null. */
  readonly software: string | null;
  /** Where the same figures stand as a table; null inside a row's own details. */
  readonly tableId: string | null;
}

export function Chart({ spec, software, tableId }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  // In the frame of the new data: an effect after the paint would show a slider's answer a frame or two later.
  useLayoutEffect(() => drawInto(place.current, spec), [spec]);
  return (
    <figure class={`chart chart-${spec.kind}`}>
      <figcaption>
        <h3>{spec.title}</h3>
        <p>
          {spec.summary}
          {tableId && (
            <>
              {' '}
              <a href={`#${tableId}`} onClick={(event) => jumpTo(event, tableId)}>
                Same figures as a table
              </a>
              .
            </>
          )}
        </p>
        {software && <p class="software-note">{software}</p>}
      </figcaption>
      <div class="chart-area" role="img" aria-label={`${spec.title}. ${spec.summary}`} ref={place} />
    </figure>
  );
}

/** Moves focus without touching the hash, which names the view. */
function jumpTo(event: Event, id: string): void {
  event.preventDefault();
  const target = document.getElementById(id);
  target?.scrollIntoView();
  target?.focus();
}

/** Draws at the place's width, again when that changes; returns the end of it. */
function drawInto(place: HTMLElement | null, spec: ChartSpec): () => void {
  let drawnWidth = 0;
  const draw = async (): Promise<void> => {
    const width = Math.floor(place?.clientWidth ?? 0);
    if (!place || width === 0 || width === drawnWidth) return;
    drawnWidth = width;
    const { drawChart } = await import('./draw-chart.ts');
    if (width !== drawnWidth) return;
    const drawing = drawChart(spec, width);
    // The frame speaks for it (role=img); the library's own labels name marks, not meanings.
    drawing.setAttribute('aria-hidden', 'true');
    place.replaceChildren(drawing);
  };
  const observer = new ResizeObserver(() => void draw());
  // One that stands there already has its width.
  if (place?.firstChild) void draw();
  if (place) observer.observe(place);
  return () => {
    drawnWidth = -1;
    observer.disconnect();
  };
}

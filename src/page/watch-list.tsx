// The open questions: each forecast with its date, where it will be answered, and its score once it is.
import type { Watched } from '../fleet/claims/watchlist.ts';
import { forecastText, scoreText } from '../report/fleet-claims-text.ts';
import { Grid } from './grid.tsx';

export function WatchList({ items }: { readonly items: readonly Watched[] }) {
  return (
    <Grid
      caption="Dated forecasts; never changed after their date, scored once resolved"
      head={['Question', 'Forecast', 'Resolves', 'Where it is answered', 'Score']}
      rows={items.map((item) => [
        item.question,
        forecastText(item),
        `${item.asked} for ${item.resolves}`,
        item.resolution,
        scoreText(item),
      ])}
    />
  );
}

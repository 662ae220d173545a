// The claims ledger as cards that open: what each claim would take, what it stands beside, and a link to that very card.
import { useEffect, useRef } from 'preact/hooks';
import type { LedgerCard, LedgerLine } from '../fleet/claims/card.ts';
import type { Ledger } from '../fleet/claims/ledger.ts';
import { claimCardSvg } from '../report/claim-card-svg.ts';
import { formatLedgerRange } from '../report/fleet-claims-text.ts';
import { saveText } from './files.ts';
import { Grid } from './grid.tsx';

export function ClaimsLedger({ ledger, open }: { readonly ledger: Ledger; readonly open: string | null }) {
  return (
    <>
      <p>
        Revenue is never predicted here: each claim is turned round into the price, mix and fill that would make it true
        on this fleet ({ledger.fleet}).
      </p>
      {ledger.cards.map((card) => (
        <Card key={card.id} card={card} ledger={ledger} open={card.id === open} />
      ))}
      <p class="muted">{ledger.notPublic.join('; ')}.</p>
      <details>
        <summary>Sources of the claims</summary>
        <Grid
          caption="What the ledger rests on"
          head={['Id', 'What', 'Rests on', 'Source']}
          rows={ledger.sources.map(({ id, what, basis, source, date, note }) => [
            id,
            note === '' ? what : `${what}. ${note}`,
            basis,
            `${source} (${date})`,
          ])}
        />
      </details>
    </>
  );
}

interface CardProps {
  readonly card: LedgerCard;
  readonly ledger: Ledger;
  readonly open: boolean;
}

function Card({ card, ledger, open }: CardProps) {
  const { query } = ledger;
  const place = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (open) place.current?.scrollIntoView();
  }, [open]);
  const link = `#fleet?${query === '' ? '' : `${query}&`}card=${card.id}`;
  return (
    <details class="claim" open={open} ref={place}>
      <summary>
        {card.claim}: {card.conclusion}
      </summary>
      <p class="muted">
        {card.reading}. Rests on {card.basis}. <a href={link}>Link to this card</a>{' '}
        <button
          type="button"
          class="plain"
          onClick={() => saveText(`claim-${card.id}.svg`, claimCardSvg(card, ledger), 'image/svg+xml')}
        >
          Save as a picture
        </button>
      </p>
      <Lines caption="It requires" lines={card.requires} />
      <Lines caption="Beside it" lines={card.beside} />
    </details>
  );
}

function Lines({ caption, lines }: { readonly caption: string; readonly lines: readonly LedgerLine[] }) {
  return (
    <Grid
      caption={caption}
      head={['What', 'Value, 80 % in brackets']}
      rows={lines.map((line) => [line.what, formatLedgerRange(line)])}
    />
  );
}

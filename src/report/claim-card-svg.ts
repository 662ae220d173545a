// One card of the claims ledger as a picture: an SVG that says everything the card does, for a page that shows no HTML of ours.
// Knows text and lines, no measuring of glyphs: lines are cut by characters.
import type { LedgerCard, LedgerLine } from '../fleet/claims/card.ts';
import type { Ledger } from '../fleet/claims/ledger.ts';
import { formatLedgerRange } from './fleet-claims-text.ts';
import { wrap } from './wrap.ts';

const WIDTH = 960;
const MARGIN = 40;
const LINE = 22;

interface Line {
  readonly text: string;
  readonly style: 'title' | 'head' | 'body' | 'quiet';
}

const STYLES: Readonly<Record<Line['style'], string>> = {
  title: 'font-size="24" font-weight="700" fill="#16191d"',
  head: 'font-size="15" font-weight="700" fill="#16191d"',
  body: 'font-size="15" fill="#16191d"',
  quiet: 'font-size="13" fill="#59636e"',
};

export function claimCardSvg(card: LedgerCard, { fleet, sources }: Pick<Ledger, 'fleet' | 'sources'>): string {
  const lines = linesOf(card, fleet, sources);
  const height = 2 * MARGIN + lines.length * LINE;
  const texts = lines.map(
    ({ text, style }, i) =>
      `<text x="${MARGIN}" y="${MARGIN + (i + 1) * LINE - 6}" ${STYLES[style]}>${escaped(text)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" role="img">`,
    `<title>${escaped(`${card.claim}: ${card.conclusion}`)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...texts,
    '</svg>',
  ].join('\n');
}

function linesOf(card: LedgerCard, fleet: string, sources: Ledger['sources']): Line[] {
  const as = (style: Line['style'], texts: readonly string[]): Line[] => texts.map((text) => ({ text, style }));
  const list = (lines: readonly LedgerLine[]): string[] =>
    lines.flatMap((line) => wrap(`${line.what}: ${formatLedgerRange(line)}`, '•  ', '    '));
  const named = sources.filter(({ id }) => card.sources.includes(id)).map(({ source, date }) => `${source} (${date})`);
  return [
    ...as('title', [card.claim]),
    ...as('head', wrap(card.conclusion)),
    ...as('quiet', wrap(`${card.reading}. Rests on ${card.basis}.`)),
    ...as('head', ['It requires']),
    ...as('body', list(card.requires)),
    ...as('head', ['Beside it']),
    ...as('body', list(card.beside)),
    ...as('quiet', wrap(`Brackets hold 80 %. The fleet is ${fleet}.`)),
    ...as('quiet', wrap(`Sources: ${[...new Set(named)].join('; ')}.`)),
    ...as('quiet', [
      'fleetmark, claims ledger: revenue is never predicted, each claim is turned round into what it requires',
    ]),
  ];
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

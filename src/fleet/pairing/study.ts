// The draws of everything uncertain in a pairing study, and figures out of what they give. Knows which constants enter, not
// what they do.
import { CONSTANTS, type Constant } from '../catalogue.ts';
import { drawConstants, spreadOf } from '../draws.ts';
import { type Basis, type Figure, type FigureUnit, weakestBasis } from '../figure.ts';
import type { Parameters } from '../serving/parameters.ts';
import { COUNTERFACTUALS, SPEC_SPREAD } from './counterfactual.ts';
import { modelOf, type PairingSettings, TIER_IDS } from './settings.ts';
import { GPU_CONSTANTS, LPX_CONSTANTS, SPECULATION_CONSTANTS } from './site.ts';

/** Draws; each costs some hundred thousand steps of the search. The sampling error of a 10 % quantile is 0.04 of probability. */
export const DRAWS = 60;

const FLEET_CONSTANTS = ['fleet/rubin-share', 'power/blackwell-kw', 'nvl72/gpus', 'serving/fall-off-slope'];

export class Study {
  readonly settings: PairingSettings;
  readonly parameters: Parameters;
  /** Ids that figures of GPUs alone, and those of paired GPUs, rest on. */
  readonly gpuIds: readonly string[];
  readonly allIds: readonly string[];
  readonly sources: readonly Constant[];
  readonly #draws: Readonly<Record<string, Float64Array>>;

  constructor(settings: PairingSettings, parameters: Parameters) {
    this.settings = settings;
    this.parameters = parameters;
    const { name, latent } = modelOf(settings);
    const [head, ...rest] = SPECULATION_CONSTANTS;
    this.gpuIds = [...GPU_CONSTANTS, ...FLEET_CONSTANTS, head!];
    this.allIds = [...this.gpuIds, ...rest, ...LPX_CONSTANTS, ...(latent ? [`shape/${name}-attention`] : [])];
    const used = new Set([...this.allIds, ...TIER_IDS, ...Object.values(COUNTERFACTUALS), SPEC_SPREAD]);
    this.sources = CONSTANTS.filter(({ id }) => used.has(id)).map((entry) => this.#asGiven(entry));
    this.#draws = drawConstants(this.sources, settings.seed, settings.given);
  }

  /** Every constant at its median, or at what the user gave. */
  median = (id: string): number => this.#source(id).value;

  draw<T>(each: (values: (id: string) => number, index: number) => T): T[] {
    return Array.from({ length: DRAWS }, (_, i) => each((id) => this.#draws[id]![i]!, i));
  }

  /** Median and 80 % interval of one outcome a draw. The serving model under all of them predicts Rubin from older chips. */
  figure(outcomes: readonly number[], unit: FigureUnit, ids: readonly string[]): Figure {
    const bases = ids.map((id): Basis => (id in this.settings.given ? 'given' : this.#source(id).basis));
    return {
      ...spreadOf(Float64Array.from(outcomes)),
      unit,
      basis: weakestBasis(['predicted', ...bases]),
      sources: ids,
    };
  }

  /** null without outcomes. */
  maybe(outcomes: readonly number[], unit: FigureUnit, ids: readonly string[]): Figure | null {
    return outcomes.length === 0 ? null : this.figure(outcomes, unit, ids);
  }

  #source(id: string): Constant {
    const found = this.sources.find((entry) => entry.id === id);
    if (!found) throw new Error(`no constant ${id} in this study`);
    return found;
  }

  #asGiven(entry: Constant): Constant {
    const value = this.settings.given[entry.id];
    if (value === undefined) return entry;
    return { ...entry, value, lo: value, hi: value, shape: 'fixed', source: 'given by the user', note: '' };
  }
}

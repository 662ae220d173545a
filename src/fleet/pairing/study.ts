// The draws of everything uncertain in a pairing study, and figures out of what they give. Knows which constants enter, not
// what they do.
import { allConstants, type Constant } from '../catalogue.ts';
import { drawConstants, spreadOf } from '../draws.ts';
import { type Basis, type Figure, type FigureUnit, weakestBasis } from '../figure.ts';
import type { Calibration } from '../serving/calibrate.ts';
import type { Parameters } from '../serving/parameters.ts';
import { calibratedConstants } from './calibrated.ts';
import { COUNTERFACTUALS, SPEC_SPREAD } from './counterfactual.ts';
import { modelOf, type PairingSettings, TIER_IDS } from './settings.ts';
import { GPU_CONSTANTS, LPX_CONSTANTS, SPECULATION_CONSTANTS } from './site.ts';

/** Draws of a study; each costs some ten thousand steps of the search. */
export const DRAWS = 100;

const FLEET_CONSTANTS = ['fleet/rubin-share', 'power/blackwell-kw', 'nvl72/gpus', 'serving/fall-off-slope'];

export class Study {
  readonly settings: PairingSettings;
  readonly parameters: Parameters;
  /** Ids that figures of GPUs alone, and those of paired GPUs, rest on. */
  readonly gpuIds: readonly string[];
  readonly allIds: readonly string[];
  readonly sources: readonly Constant[];
  readonly #draws: Readonly<Record<string, Float64Array>>;
  readonly #count: number;

  constructor(settings: PairingSettings, calibration: Calibration, count = DRAWS) {
    this.settings = settings;
    this.parameters = calibration.parameters;
    this.#count = count;
    const model = modelOf(settings);
    const { name, latent } = model;
    const [head, ...rest] = SPECULATION_CONSTANTS;
    this.gpuIds = [...GPU_CONSTANTS, ...FLEET_CONSTANTS, head!];
    this.allIds = [...this.gpuIds, ...rest, ...LPX_CONSTANTS, ...(latent ? [`shape/${name}-attention`] : [])];
    const used = new Set([...this.allIds, ...TIER_IDS, ...Object.values(COUNTERFACTUALS), SPEC_SPREAD]);
    const known = [...calibratedConstants(model, settings.precision, calibration), ...allConstants()];
    this.sources = known.filter(({ id }) => used.has(id)).map((entry) => this.#asGiven(entry));
    this.#draws = drawConstants(this.sources, settings.seed, count, settings.given);
  }

  /** Constants that the rates of a serving row were drawn from: power is drawn elsewhere, fixed and given ones not at all. */
  get drawnIds(): readonly Constant[] {
    return this.sources.filter(
      ({ id, shape }) => this.allIds.includes(id) && shape !== 'fixed' && !/^(power|fleet)\//.test(id),
    );
  }

  /** Every constant at its median, or at what the user gave. */
  median = (id: string): number => this.#source(id).value;

  /** The constant's value in one draw. */
  drawn(id: string, index: number): number {
    return this.#draws[id]![index]!;
  }

  draw<T>(each: (values: (id: string) => number, index: number) => T): T[] {
    return Array.from({ length: this.#count }, (_, i) => each((id) => this.#draws[id]![i]!, i));
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

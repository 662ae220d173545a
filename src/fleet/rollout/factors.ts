// What each shared shock of the rollout stands for, and the constants it comes from. Knows no number.
import type { Factor } from '../../core/rollout.ts';
import type { SettingName } from '../scenario-settings.ts';

interface FactorWords {
  readonly what: string;
  readonly priors: readonly string[];
}

/** `serving` is taken apart further, by the constants of the serving rows (report.ts). */
export const FACTOR_WORDS: Readonly<Record<Factor, FactorWords>> = {
  total: { what: 'size of the deal', priors: ['rollout/total-factor'] },
  midpoint: { what: 'middle of the deliveries', priors: ['rollout/midpoint-quarters', 'rollout/ramp-quarters'] },
  slip: {
    what: 'slips of one to three quarters',
    priors: ['rollout/slip-one', 'rollout/slip-two', 'rollout/slip-three', 'rollout/site-correlation'],
  },
  mix: { what: 'share of Rubin', priors: ['rollout/newer-share-2026', 'rollout/newer-share-2027'] },
  'middle-mix': { what: 'share of Blackwell Ultra', priors: ['rollout/ultra-share'] },
  'older-power': { what: 'power of a Blackwell', priors: ['power/blackwell-kw', 'power/blackwell-ultra-kw'] },
  'newer-power': { what: 'power of a Rubin', priors: ['power/rubin-kw'] },
  'site-power': {
    what: 'power of the sites',
    priors: ['rollout/power-gw-year', 'rollout/power-share', 'rollout/site-power-spread'],
  },
  failures: { what: 'failures and repair', priors: ['rollout/failures-per-gpu-hour', 'rollout/repair-hours'] },
  spare: { what: 'spares', priors: ['fleet/spare'] },
  drift: { what: 'software gains', priors: ['rollout/drift-dense', 'rollout/drift-moe', 'rollout/drift-quarters'] },
  'lpx-pace': {
    what: 'pace of LPX, pilot to broad',
    priors: ['rollout/lpx-midpoint-quarters', 'rollout/lpx-ramp-quarters'],
  },
  'lpx-power': { what: 'power of an LPX rack', priors: ['power/lpx-rack-kw', 'power/pue'] },
  network: { what: 'sites on Spectrum-X', priors: ['rollout/spectrum-share'] },
  'network-loss': { what: 'loss by the network', priors: ['rollout/scale-out-spectrum', 'rollout/scale-out-efa'] },
  utilisation: { what: 'utilisation', priors: ['fleet/utilisation'] },
  serving: { what: 'what one GPU serves', priors: [] },
};

/** Settings of a scenario that take the place of a prior. */
export const PRIOR_SETTINGS: Readonly<Record<string, SettingName>> = {
  'rollout/power-gw-year': 'power-gw',
  'rollout/power-share': 'power-share',
  'rollout/newer-share-2026': 'newer-2026',
  'rollout/newer-share-2027': 'newer-2027',
  'rollout/spectrum-share': 'spectrum-share',
  'rollout/liftable-share': 'liftable',
  'rollout/sites': 'sites',
  'power/lpx-rack-kw': 'lpx-rack-kw',
  'power/rubin-kw': 'rubin-kw',
  'rollout/ultra-share': 'ultra-share',
  'fleet/utilisation': 'utilisation',
};

/** Short words for the constants that serving rows are drawn from (Study.drawnIds). */
export const SERVING_WORDS: Readonly<Record<string, string>> = {
  'calibration/blackwell-step': 'step time on Blackwell, as fitted',
  'calibration/rubin-step': 'step time carried over to Rubin',
  'pairing/gpu-overhead': 'overheads on Rubin',
  'rubin/flops-reading': 'arithmetic rate of a Rubin',
  'pairing/attention-overhead': 'overhead left to attention',
  'lpx/efficiency': 'share of its roofline LPX reaches',
  'lpx/layer-us': 'time of a layer on LPX',
  'lpx/crossing-us': 'crossing between GPU and LPX',
  'lpx/rack-link-gbs': 'network rate of an LPX rack',
  'speculation/head-acceptance': 'drafts accepted on GPUs',
  'speculation/draft-acceptance': 'drafts accepted on LPX',
};

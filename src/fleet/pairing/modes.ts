// What GPUs alone and each published way of pairing give at one tokens/s/user: the best batch, layout and ratio of LPX racks
// to GPUs by tokens per joule. One value for everything uncertain; knows no draws and no fleet.
import { kvElements, type Replica, type StepTime } from '../serving/step.ts';
import {
  attentionStep,
  type GpuSide,
  gpuStep,
  type Lengths,
  layoutsOf,
  replicaOf,
  roomOf,
  withoutFfn,
} from './gpu-side.ts';
import { LPU_BYTES, linkSeconds, lpuFfn, lpuStep, racksFor } from './lpu-side.ts';
import { Search, type Site, type Unit } from './search.ts';
import { ffnParameters } from './shape.ts';

export const MODES = ['draft', 'ffn', 'decode'] as const;
/** Draft on LPX; feed-forward layers on LPX; the whole decode on LPX. */
export type Mode = (typeof MODES)[number];

const DRAFTS = [0, 2, 4, 7] as const;
/** GPU groups that share one set of LPX racks. */
const GROUPS = [1, 4, 16, 64] as const;
const MICROBATCHES = [1, 2, 3] as const;
/** Racks that a draft model and its caches are spread over. */
const DRAFT_RACKS = [1, 4] as const;
/** Racks of the whole decode beyond those that hold the weights: room for caches. */
const CACHE_RACKS = [0, 1, 2, 4] as const;

/** The best unit of GPUs alone; null where no layout is that fast. */
export function bestGpuUnit(site: Site, tokensPerUser: number): Unit | null {
  const search = new Search(site, tokensPerUser);
  for (const replica of replicasOf(site)) {
    for (const draftTokens of draftsOf(site)) {
      const { width, perStep } = speculationOf(draftTokens, site.speculation.headAcceptance);
      const layout = { replica, draftTokens, microbatches: 1, groups: 1, perStep, room: roomOf(replica), racks: 0 };
      const step = gpuStep(replica, site.gpu, width);
      const draft = ownDraft(replica, site.gpu);
      search.consider(layout, draftTokens === 0 ? step : (requests) => step(requests) + draftTokens * draft(requests));
    }
  }
  return search.best;
}

/** The best unit of one mode; null where no layout is that fast. */
export function bestPairedUnit(site: Site, mode: Mode, tokensPerUser: number): Unit | null {
  const search = new Search(site, tokensPerUser);
  ({ draft: tryDrafting, ffn: tryFfn, decode: tryDecode })[mode](site, search);
  return search.best;
}

/** (a) A draft model on LPX proposes, the GPUs verify; two batches may alternate so that neither side waits. */
function tryDrafting(site: Site, search: Search): void {
  const { gpu, lpu, lengths, speculation } = site;
  const { draftModel } = speculation;
  const context = contextOf(lengths);
  const weights = draftModel.parameters * LPU_BYTES;
  const cache = kvElements(draftModel, lengths.isl + lengths.osl) * LPU_BYTES;
  const drafts = new Map(DRAFT_RACKS.map((racks) => [racks, lpuStep(draftModel, lpu, { width: 1, context }, racks)]));
  for (const replica of replicasOf(site)) {
    for (const draftTokens of draftsOf(site).filter((n) => n > 0)) {
      const { width, perStep } = speculationOf(draftTokens, speculation.modelAcceptance);
      const step = gpuStep(replica, gpu, width);
      for (const microbatches of [1, 2]) {
        for (const racks of DRAFT_RACKS) {
          for (const groups of GROUPS) {
            const room = Math.min(roomOf(replica), (racks * lpu.sramBytes - weights) / (groups * cache));
            const layout = { replica, draftTokens, microbatches, groups, perStep, room, racks };
            const draft = drafts.get(racks)!;
            const fits = search.consider(layout, (requests) => {
              const [verify, drafted] = [
                step(requests / microbatches),
                draftTokens * draft((groups * requests) / microbatches),
              ];
              return inTurns(microbatches, Math.max(verify, drafted), verify + drafted + 2 * lpu.crossingSeconds);
            });
            if (!fits) break;
          }
        }
      }
    }
  }
}

/** (b) Attention and caches on GPUs, feed-forward layers on LPX, twice across per layer, microbatches to fill the wait. */
function tryFfn(site: Site, search: Search): void {
  const { model, gpu, lpu } = site;
  const racks = racksFor(lpu, ffnParameters(model) * LPU_BYTES);
  const layersSeconds = splitLayers(site, racks);
  for (const replica of replicasOf(site)) {
    const bare = withoutFfn(replica);
    for (const draftTokens of draftsOf(site)) {
      const { width, perStep } = speculationOf(draftTokens, site.speculation.headAcceptance);
      const attend = attentionStep(bare, gpu, width);
      const draft = ownDraft(replica, gpu);
      for (const microbatches of MICROBATCHES) {
        for (const groups of GROUPS) {
          const layout = { replica, draftTokens, microbatches, groups, perStep, room: roomOf(bare), racks };
          const fits = search.consider(layout, (requests) => {
            const attention = attend(requests / microbatches);
            const tokens = (groups * requests * width) / microbatches;
            const layers = layersSeconds(attention, tokens, microbatches);
            return draftTokens === 0 ? layers : layers + draftTokens * draft(requests);
          });
          if (!fits) break;
        }
      }
    }
  }
}

/** (c) Prompts on GPUs, then weights and caches in SRAM alone; drafts there too. */
function tryDecode(site: Site, search: Search): void {
  const { model, lpu, lengths, speculation } = site;
  const { draftModel } = speculation;
  const full = lengths.isl + lengths.osl;
  const prompts = replicasOf(site).find((replica) => roomOf(replica) >= 1);
  if (!prompts) return;
  for (const draftTokens of draftsOf(site)) {
    const { width, perStep } = speculationOf(draftTokens, speculation.modelAcceptance);
    const drafts = draftTokens > 0;
    const weights = (model.parameters + (drafts ? draftModel.parameters : 0)) * LPU_BYTES;
    const cache = (kvElements(model, full) + (drafts ? kvElements(draftModel, full) : 0)) * LPU_BYTES;
    for (const extra of CACHE_RACKS) {
      const racks = racksFor(lpu, weights) + extra;
      // Every prompt's cache crosses the link once.
      const crossing =
        (kvElements(model, lengths.isl) * LPU_BYTES * perStep) / (racks * lpu.linkBytesPerSecond * lengths.osl);
      const room = (racks * lpu.sramBytes - weights) / cache;
      const layout = { replica: prompts, draftTokens, microbatches: 1, groups: 0, perStep, room, racks };
      const context = contextOf(lengths);
      const step = lpuStep(model, lpu, { width, context }, racks);
      const draft = lpuStep(draftModel, lpu, { width: 1, context }, racks);
      search.consider(layout, (requests) =>
        Math.max(step(requests) + (drafts ? draftTokens * draft(requests) : 0), requests * crossing),
      );
    }
  }
}

/**
 * Layers that alternate between attention and feed-forward, n microbatches on their way: the slowest stage n times, or one
 * microbatch's way through all stages and crossings if that is longer (as AIConfigurator's session model; n = 1 is the serial
 * sum). Activations go out as FP8 and come back as BF16. `attention`: seconds of one microbatch, all layers.
 */
function splitLayers(
  { model, lpu }: Site,
  racks: number,
): (attention: number, tokens: number, microbatches: number) => number {
  const ffnSeconds = lpuFfn(model, lpu, racks);
  const [outEach, backEach] = [linkSeconds(model, lpu, racks, 1), linkSeconds(model, lpu, racks, 2)];
  const crossings = 2 * model.layers * lpu.crossingSeconds;
  return (attention, tokens, microbatches) => {
    const ffn = ffnSeconds(tokens);
    const [out, back] = [outEach * tokens, backEach * tokens];
    return inTurns(microbatches, Math.max(attention, ffn, out, back), attention + ffn + out + back + crossings);
  };
}

/** n batches through stages in turn: the slowest stage n times, or one batch's way through all of them and between. */
function inTurns(batches: number, slowest: number, way: number): number {
  return Math.max(batches * slowest, way);
}

/** A drafting head on the target: the time of one of its layers for each drafted token. */
function ownDraft(replica: Replica, gpu: GpuSide): StepTime {
  const step = gpuStep(replica, gpu, 1);
  return (requests) => step(requests) / replica.model.layers;
}

/** Tokens a step for drafts of n accepted with chance a: (1 − a^(n+1))/(1 − a), and n + 1 positions to verify. */
function speculationOf(draftTokens: number, acceptance: number): { readonly width: number; readonly perStep: number } {
  return { width: draftTokens + 1, perStep: (1 - acceptance ** (draftTokens + 1)) / (1 - acceptance) };
}

function draftsOf({ speculation }: Site): number[] {
  return DRAFTS.filter((n) => n <= speculation.longest);
}

function replicasOf({ model, gpu, lengths }: Site): Replica[] {
  return layoutsOf(model, gpu).map((layout) => replicaOf(model, gpu, lengths, layout));
}

/** Mean context over a request's decoding. */
function contextOf({ isl, osl }: Lengths): number {
  return isl + osl / 2;
}

// Every case id the product knows, without a browser: what --list prints and a filter is checked against.

import { listPeerCases } from '../../kernels/peer-cases.ts';
import { acceptsAnyKernelId, listAllKernelCases } from '../../kernels/tuned.ts';
import { acceptsDecoderId, listDecoderCases } from '../../models/decoder-cases.ts';
import { acceptsLlamaBenchId, listLlamaBenchCases } from '../../models/llama-bench-cases.ts';
import type { Options } from '../core/options.ts';
import { selectCases } from '../core/suites.ts';
import { acceptsNative, listNativeCases } from '../native/cases.ts';

/** Ids of the suite and filter on the lane. Throws a UserError for a pattern that matches nothing. */
export function chosenIds(options: Options): string[] {
  if (options.lane === 'native') return selectCases(listNativeCases(), options, acceptsNative);
  return selectCases(
    [...listAllKernelCases(), ...listDecoderCases(), ...listLlamaBenchCases(), ...listPeerCases()],
    options,
    (id) => acceptsDecoderId(id) || acceptsLlamaBenchId(id) || acceptsAnyKernelId(id),
  );
}

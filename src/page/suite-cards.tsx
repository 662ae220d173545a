// The choice of a suite as three cards, each with what it holds on this machine and how long it takes.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../core/errors.ts';
import { DEFAULT_OPTIONS, type SuiteName } from '../core/options.ts';
import { planSummary } from '../report/plan-summary.ts';
import type { Controller } from './controller.ts';
import { options } from './state.ts';

interface Card {
  readonly suite: SuiteName;
  readonly purpose: string;
  readonly time: string;
}

/** Times: the limits set for two cores without a GPU; a GPU takes a part of them. */
const CARDS: readonly Card[] = [
  { suite: 'smoke', purpose: 'Does the whole path work here?', time: 'under 1 min' },
  { suite: 'default', purpose: 'Kernels, roofline and decoders with intervals', time: 'about 2 to 6 min' },
  { suite: 'full', purpose: 'Every kernel, shape, model and precision', time: 'up to an hour' },
];

export function SuiteCards({ controller }: { readonly controller: Controller }) {
  const holds = useSignal<Readonly<Partial<Record<SuiteName, readonly string[]>>>>({});
  useEffect(() => {
    const ask = async (suite: SuiteName): Promise<void> => {
      const lines = await controller
        .plan({ ...DEFAULT_OPTIONS, suite })
        .then(planSummary, (error: unknown) => [messageOf(error)]);
      holds.value = { ...holds.value, [suite]: lines };
    };
    for (const { suite } of CARDS) void ask(suite);
  }, [controller, holds]);
  return (
    <fieldset class="suites">
      <legend>Suite</legend>
      {CARDS.map(({ suite, purpose, time }) => (
        <label class="suite" key={suite}>
          <input
            type="radio"
            name="suite"
            value={suite}
            checked={options.value.suite === suite}
            onChange={() => controller.setOptions({ suite })}
          />
          <span class="suite-name">{suite}</span>
          <span class="suite-time">{time}</span>
          <span class="suite-purpose">{purpose}</span>
          <ul>
            {(holds.value[suite] ?? ['…']).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </label>
      ))}
    </fieldset>
  );
}

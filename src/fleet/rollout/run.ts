// Runs one shard of a scenario through an engine and adds it up. Knows no engine by name and no output.
import type { RolloutEngine, RolloutInputs } from '../../core/rollout.ts';
import { buildRolloutInputs } from './inputs.ts';
import type { RolloutScenario } from './scenario.ts';
import { rangeOfShard, type Shard, type ShardFile } from './shard-file.ts';
import { RolloutTally } from './tally.ts';

/** Scenarios held in memory at a time. */
const PIECE = 20_000;

export async function runRollout(
  scenario: RolloutScenario,
  shard: Shard,
  engine: RolloutEngine,
  inputs: RolloutInputs = buildRolloutInputs(scenario),
): Promise<ShardFile> {
  const tally = new RolloutTally(scenario, inputs);
  const { first, count } = rangeOfShard(shard, scenario.scenarios);
  for (let done = 0; done < count; done += PIECE) {
    tally.add(await engine.run(inputs, first + done, Math.min(PIECE, count - done)));
  }
  return tally.toShardFile(shard.of, [shard.index]);
}

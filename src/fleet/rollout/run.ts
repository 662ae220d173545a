// Runs one shard of a scenario through an engine and adds it up. Knows no engine by name and no output.
import type { RolloutEngine, RolloutInputs } from '../../core/rollout.ts';
import type { Scenario } from '../scenario.ts';
import { rangeOfShard, type Shard, type ShardFile } from './shard-file.ts';
import { RolloutTally } from './tally.ts';

/** Scenarios held in memory at a time. */
const PIECE = 20_000;

export async function runRollout(
  scenario: Scenario,
  inputs: RolloutInputs,
  shard: Shard,
  engine: RolloutEngine,
): Promise<ShardFile> {
  const tally = new RolloutTally(scenario, inputs);
  const { first, count } = rangeOfShard(shard, scenario.scenarios);
  for (let done = 0; done < count; done += PIECE) {
    tally.add(await engine.run(inputs, first + done, Math.min(PIECE, count - done)));
  }
  return tally.toShardFile(shard.of, [shard.index]);
}

/** Scenarios between two looks at whether to go on, some 10 ms on a CPU; of a long run more, as only a GPU draws one. */
const SHORT_PIECE = 100;
const PIECES = 200;

/** The whole run, for someone who may ask something else meanwhile: null once `goOn`, asked between short pieces, says no. */
export async function runUnlessStopped(
  scenario: Scenario,
  inputs: RolloutInputs,
  engine: RolloutEngine,
  goOn: () => Promise<boolean>,
): Promise<ShardFile | null> {
  const tally = new RolloutTally(scenario, inputs);
  const piece = Math.max(SHORT_PIECE, Math.ceil(scenario.scenarios / PIECES));
  for (let done = 0; done < scenario.scenarios; done += piece) {
    if (!(await goOn())) return null;
    tally.add(await engine.run(inputs, done, Math.min(piece, scenario.scenarios - done)));
  }
  return tally.toShardFile(1, [0]);
}

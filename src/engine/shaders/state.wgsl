// What changes from step to step, kept on the GPU. Written by the host before a prompt's chunk, by embed.wgsl in decoding.
// Constants: OF_PROMPT: the rows of a step are one sequence's tokens at following positions; else one token of each sequence.
struct State {
  position: u32, // of the step's first row
  sequence: u32, // of a prompt's rows
  rows: u32, // tokens in a prompt's chunk
  step: u32, // decode steps since the generation began
  seed: u32, // of the draws
  temperature: f32,
  topK: u32, // 0: all
  topP: f32,
}

fn positionOf(state: State, row: u32) -> u32 {
  return select(state.position, state.position + row, OF_PROMPT);
}

fn sequenceOf(state: State, row: u32) -> u32 {
  return select(row, state.sequence, OF_PROMPT);
}

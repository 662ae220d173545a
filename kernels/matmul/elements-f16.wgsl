// A and B are f16 in memory; products and sums are f32. Behind `enable f16`. With `alias h = f32` the same kernel is its
// own twin for devices without f16.
alias h = f16;

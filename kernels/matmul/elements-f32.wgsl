// A and B are f32.
alias h = f32;

// The 32 int4 of a block as int8. Joined in front of dp4a.wgsl.
struct Quants {
  low: vec4u,
  high: vec4u,
}

// Bytes 0 … 15 to −8 … 7: the high bit keeps a byte's borrow from the next byte.
fn signed(bytes: vec4u) -> vec4u {
  return ((bytes | vec4u(0x80808080u)) - vec4u(0x08080808u)) ^ vec4u(0x80808080u);
}

// Word w of a block holds elements 8w…8w+3 in its low and 8w+4…8w+7 in its high nibbles.
fn quantsOf(block: u32) -> Quants {
  let words = quants[block];
  let even = signed(words & vec4u(0x0F0F0F0Fu));
  let odd = signed((words >> vec4u(4u)) & vec4u(0x0F0F0F0Fu));
  return Quants(vec4u(even.x, odd.x, even.y, odd.y), vec4u(even.z, odd.z, even.w, odd.w));
}

/** The ranks of finite values, 1 for the smallest; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  let start = 0;
  for (let i = 1; i <= order.length; i++) {
    if (i < order.length && values[order[i]!] === values[order[start]!]) continue;
    for (let k = start; k < i; k++) result[order[k]!] = (start + i + 1) / 2;
    start = i;
  }
  return result;
}

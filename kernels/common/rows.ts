// How many threads share a row in kernels that give each row a workgroup. Knows no family.

/**
 * Many rows fill a device by themselves, and then a small workgroup wastes least at its barriers; a few rows need wide
 * ones. 64 is the smallest size that fills a subgroup everywhere; 256 the largest every device allows.
 */
export function threadsPerRow(rows: number): 64 | 256 {
  return rows >= 256 ? 64 : 256;
}

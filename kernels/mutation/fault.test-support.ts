// A planted fault: one edit of one source file that a kernel's own tests must notice.

export interface Fault {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** From the folder `kernels`. */
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Family whose tests must notice; the file's folder when absent. */
  readonly family?: string;
  /** Only tests with this in their name are run: those the edit can reach. All of the family's when absent. */
  readonly tests?: string;
}

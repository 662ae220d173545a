// A planted fault: one edit of one source file that a kernel's or the engine's own tests must notice.

export interface Fault {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** Below the project's root. */
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** File of GPU tests that must notice, below the root; that of the kernel family's own folder when absent. */
  readonly suite?: string;
  /** Only tests with this in their name are run: those the edit can reach. All of the suite's when absent. */
  readonly tests?: string;
}

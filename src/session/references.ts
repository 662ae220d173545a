// References computed once a session: several runtimes are held to the same tokens. Knows no model.

export interface References {
  /** What was made for `key` before, else what `make` gives; a failed attempt is not kept. */
  get<T>(key: string, make: () => Promise<T>): Promise<T>;
}

export function createReferences(): References {
  const kept = new Map<string, Promise<unknown>>();
  return {
    get: <T>(key: string, make: () => Promise<T>): Promise<T> => {
      const known = kept.get(key);
      // The key names what was made, its type with it.
      if (known) return known as Promise<T>;
      const made = make();
      kept.set(key, made);
      made.catch(() => kept.delete(key));
      return made;
    },
  };
}

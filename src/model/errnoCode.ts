/** The `code` of an error that the file system or Node gave (`ENOENT`, `EEXIST`, `ERR_…`); undefined for every other error. */
export const errnoCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

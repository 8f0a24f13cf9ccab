/** A kernel: what is compiled, into which module of src, under which name. */
export interface Kernel {
  readonly source: string;
  readonly target: string;
  readonly name: string;
}
/** All of them. */
export const KERNELS: readonly Kernel[];
/** The module's text, as it belongs into the kernel's target. @throws Error where the source does not compile */
export function compileKernel(kernel: Kernel): Promise<string>;

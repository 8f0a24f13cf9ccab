import { lineProgress, type Progress, type ProgressOptions } from './progress.js';

/** A progress display. What draws a bar is loaded where one is drawn. */
export const createProgress = async (options: ProgressOptions): Promise<Progress> =>
  options.mode === 'bar' ? (await import('./progressBar.js')).barProgress(options) : lineProgress(options);

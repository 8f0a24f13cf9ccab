/** Whether so many conversations are fewer than a total, by more than the share of it that is tolerated. */
export const isFewerThan = (total: number, conversations: number, tolerance: number): boolean => total - conversations > total * tolerance;

import type { SuggestionRule } from '../facts.js';

/** File descriptors run out before memory does when sockets or files are not closed. */
export const descriptors: SuggestionRule = ({ sample, options }) => {
  const open = sample.descriptors?.open;
  const limit = sample.descriptors?.limit;
  if (open === undefined || limit === undefined || limit <= 0) return [];
  const ratio = open / limit;
  if (ratio < options.health.warningRatio) return [];
  return [
    {
      severity: ratio >= options.health.criticalRatio ? 'critical' : 'warning',
      title: 'Close files and sockets, or allow more of them',
      evidence: `${open} of ${limit} file descriptors are open`,
      action:
        'Find what is opened and not closed (ls -l /proc/PID/fd); raise the limit (ulimit -n) to gain time.',
    },
  ];
};

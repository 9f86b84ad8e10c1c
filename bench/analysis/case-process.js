// One engine in its own process: node case-process.js ENGINE FILE CLASS... Answers over IPC because memlab prints progress.
const [engine, file, ...classes] = process.argv.slice(2);
/** @type {{ analyze: import('./cases/case.js').Analyze }} */
const { analyze } = await import(`./cases/${engine}.js`);
const start = performance.now();
const cpuBefore = process.cpuUsage();
const answer = await analyze(file ?? '', classes);
const { user, system } = process.cpuUsage(cpuBefore);
const result = {
  answer,
  seconds: (performance.now() - start) / 1000,
  cpuSeconds: (user + system) / 1e6,
  // Kibibytes on Linux.
  peakRssBytes: process.resourceUsage().maxRSS * 1024,
};
process.send?.(result, () => process.exit(0));

import os from 'node:os';

/** One line with the machine and date of a measurement. */
export function machineLine() {
  const cpus = os.cpus();
  const memoryGib = os.totalmem() / 2 ** 30;
  return [
    `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}`,
    `${memoryGib.toFixed(0)} GiB`,
    `${os.type()} ${os.release().split('-')[0]}`,
    `Node ${process.version}`,
    new Date().toISOString().slice(0, 10),
  ].join(', ');
}

/** Other load on the machine: the load average of the last minute. */
export function loadAverage() {
  return os.loadavg()[0] ?? NaN;
}

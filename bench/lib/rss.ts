import { readFileSync } from 'node:fs';

const EVERY_MS = 50;

/** Anonymous memory of a process in MB: what it holds itself, without the mapped pages of LMDB. */
export function rssAnon(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error('this system does not tell RssAnon');
  return Number(kilobytes) / 1_000;
}

/** The highest `rssAnon` of a process while the work goes on, in MB; `meanwhile` runs as often. */
export async function peakDuring<T>(
  pid: number,
  work: () => Promise<T>,
  meanwhile: () => void = () => undefined,
): Promise<{ peak: number; result: T }> {
  let peak = rssAnon(pid);
  const timer = setInterval(() => {
    peak = Math.max(peak, rssAnon(pid));
    meanwhile();
  }, EVERY_MS);
  try {
    const result = await work();
    return { peak, result };
  } finally {
    clearInterval(timer);
  }
}

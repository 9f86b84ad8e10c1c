import { request } from 'undici';
import type { LeakAnswer } from './answer.js';

export interface HeapReading {
  /** Absent if the metric does not exist (yet). */
  usedBytes?: number;
  /** Heap in use right after the newest major GC. */
  floorBytes?: number;
}

/** Queries the server's findings, over its public endpoints only. */
export async function readVerdict(origin: string): Promise<LeakAnswer> {
  const text = await read(`${origin}/memory/leak-detection`);
  return JSON.parse(text) as LeakAnswer;
}

export async function readHeap(origin: string): Promise<HeapReading> {
  const text = await read(`${origin}/metrics`);
  const usedBytes = gauge(text, 'memory_heap_used_bytes');
  const floorBytes = gauge(text, 'memory_heap_floor_bytes');
  return { ...(usedBytes !== undefined && { usedBytes }), ...(floorBytes !== undefined && { floorBytes }) };
}

async function read(url: string): Promise<string> {
  const response = await request(url, { headersTimeout: 10_000, bodyTimeout: 10_000 });
  const text = await response.body.text();
  if (response.statusCode !== 200) {
    throw new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 300)}`);
  }
  return text;
}

/** The value of a gauge in Prometheus text; undefined if it is missing or not a number. */
export function gauge(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1];
  return value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value);
}

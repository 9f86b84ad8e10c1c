/** `03:41 UTC`, with the date when it is not that of `nowMs`: 02:58 at night is no time to compute days. */
export function clockTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs).toISOString();
  const time = `${at.slice(11, 16)} UTC`;
  const day = at.slice(0, 10);
  return day === new Date(nowMs).toISOString().slice(0, 10) ? time : `${day} ${time}`;
}

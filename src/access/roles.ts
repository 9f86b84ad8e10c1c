/** `read` sees figures; `operate` may also spend pauses, write files and delete them. */
export type Role = 'read' | 'operate';

/** Whether a caller holding `held` may use what needs `needed`; `operate` includes `read`. */
export function roleAllows(held: Role, needed: Role): boolean {
  return held === 'operate' || needed === 'read';
}

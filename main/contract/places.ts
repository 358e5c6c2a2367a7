/**
 * Where a person's data lives, the same for the desktop shell, the server and the command line, so
 * that all three find one demo plant. Pure: the caller tells about its machine.
 */

export interface Machine {
  /** `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory of the user; absolute. */
  readonly home: string;
}

export interface Places {
  /** Database cluster, station file, settings. */
  readonly dataDir: string;
  readonly logDir: string;
}

/**
 * `LANEWRIGHT_DATA_DIR` when set, else the system's own place: XDG Base Directory 0.8 on Linux, the
 * local (not roaming) application data on Windows, Application Support on macOS.
 */
export function placesOf({ platform, env, home }: Machine): Places {
  const separator = platform === 'win32' ? '\\' : '/';
  const join = (...parts: string[]) => parts.join(separator);
  const chosen = env['LANEWRIGHT_DATA_DIR'];
  if (chosen) return { dataDir: chosen, logDir: join(chosen, 'logs') };
  if (platform === 'darwin') {
    return {
      dataDir: join(home, 'Library', 'Application Support', 'Lanewright'),
      logDir: join(home, 'Library', 'Logs', 'Lanewright'),
    };
  }
  const base =
    platform === 'win32'
      ? join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Lanewright')
      : join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'lanewright');
  return { dataDir: base, logDir: join(base, 'logs') };
}

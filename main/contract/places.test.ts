import { expect, test } from 'vitest';
import { placesOf } from './places.ts';

test('each system keeps data where its users look for it', () => {
  expect(placesOf({ platform: 'linux', env: {}, home: '/home/a' })).toEqual({
    dataDir: '/home/a/.local/share/lanewright',
    logDir: '/home/a/.local/share/lanewright/logs',
  });
  expect(placesOf({ platform: 'linux', env: { XDG_DATA_HOME: '/data' }, home: '/home/a' }).dataDir).toBe(
    '/data/lanewright',
  );
  expect(placesOf({ platform: 'win32', env: { LOCALAPPDATA: 'D:\\Local' }, home: 'C:\\a' }).dataDir).toBe(
    'D:\\Local\\Lanewright',
  );
  expect(placesOf({ platform: 'darwin', env: {}, home: '/Users/a' }).logDir).toBe(
    '/Users/a/Library/Logs/Lanewright',
  );
});

test('LANEWRIGHT_DATA_DIR wins everywhere', () => {
  for (const platform of ['linux', 'darwin']) {
    expect(placesOf({ platform, env: { LANEWRIGHT_DATA_DIR: '/plant' }, home: '/h' })).toEqual({
      dataDir: '/plant',
      logDir: '/plant/logs',
    });
  }
});

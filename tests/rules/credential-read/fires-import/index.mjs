import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const found = [];
for (const file of ['.aws/credentials', '.docker/config.json', '.git-credentials']) {
  found.push(await readFile(join(homedir(), file), 'utf8').catch(() => ''));
}

export const sizes = found.map(text => text.length);

// Structured data is what schema.org's types allow, as schema-dts writes them for TypeScript.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { wattle } from '../lib/suite.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));

/** The structured data of a page, as it stands there. */
async function dataOf(origin, path) {
  const text = await (await fetch(origin + path)).text();
  const [, data] = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text) ?? [];
  assert.ok(data, `${path} has no structured data`);
  return JSON.stringify(JSON.parse(data), null, 1);
}

/** What the compiler says of documents, each checked as schema.org's Graph or Thing. */
function complaints(documents) {
  const dir = mkdtempSync(join(here, 'node_modules', '.structured-'));
  try {
    const files = documents.map((text, i) => {
      const file = join(dir, `doc${i}.ts`);
      writeFileSync(file, `import type { Graph } from 'schema-dts';\nexport const doc: Graph = ${text};\n`);
      return file;
    });
    const program = ts.createProgram(files, {
      strict: true, noEmit: true, skipLibCheck: true, types: [],
      target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
    });
    return ts.getPreEmitDiagnostics(program).map((d) => `${d.file?.fileName.replace(/.*doc/, 'doc')}: ${ts.flattenDiagnosticMessageText(d.messageText, '\n').slice(0, 600)}`);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test('structured data fits the types of schema.org', async (t) => {
  const { origin } = await wattle();
  const list = async (query) => (await (await fetch(`${origin}/api/v1/therapists?${query}&per_page=1`)).json()).results[0].slug;
  const paths = ['/therapists/nsw', '/therapists/nsw/clinical-psychologist', '/therapists/vic/psychologist/anxiety', '/therapists/nsw/near/newtown-2042',
    `/therapist/${await list('type=clinical-psychologist')}`, `/therapist/${await list('type=psychiatrist')}`, `/therapist/${await list('type=counsellor')}`,
    '/guides/therapy-costs', '/guides/rebuilding-trust'];
  const documents = await Promise.all(paths.map((p) => dataOf(origin, p)));
  assert.deepEqual(complaints(documents), []);
  t.diagnostic(`${documents.length} pages fit`);

  // The control: data that schema.org does not know is refused.
  const profile = documents[4];
  for (const spoilt of [profile.replace('"jobTitle"', '"jobTitel"'), profile.replace('"ProfilePage"', '"ProfilPage"'), profile.replace(/"position": 1/, '"positoin": 1')]) {
    assert.notEqual(spoilt, profile);
    assert.ok(complaints([spoilt]).length > 0, 'spoilt data passes');
  }
});

/** Writes the three bundles and VENDOR.toml, the same bytes every time: `make vendor`. */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const OUT = new URL(process.argv[2] ?? "../src/laborvoice/web/static/vendor/", import.meta.url);
const FREE = new Set(["MIT", "Apache-2.0"]);
const BUNDLES = { seal: 18_227, blind: 2_663, verify: 3_277 };

const bn = {
  name: "bn",
  setup: (the) => the.onResolve({ filter: /\/sjcl\/index\.js$/ }, () => ({ path: new URL("bn.mjs", import.meta.url).pathname })),
};

async function bundle(name) {
  const made = await build({
    entryPoints: [new URL(`${name}.mjs`, import.meta.url).pathname],
    absWorkingDir: new URL(".", import.meta.url).pathname,
    bundle: true,
    format: "esm",
    target: "chrome81",
    minify: true,
    charset: "utf8",
    legalComments: "none",
    external: ["node:crypto", "crypto"],
    metafile: true,
    plugins: [bn],
    write: false,
  });
  return { code: made.outputFiles[0].contents, inputs: Object.keys(made.metafile.inputs) };
}

/** The packages that have code in the bundle; each comes with the text of its licence, which copies must keep. */
async function packages(inputs, licences) {
  const names = new Set(inputs.map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
  let rows = "";
  for (const name of [...names].sort()) {
    const folder = new URL(`node_modules/${name}/`, import.meta.url);
    const { version, license } = JSON.parse(await readFile(new URL("package.json", folder), "utf8"));
    if (!FREE.has(license)) throw new Error(`${name}: licence ${license}`);
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    licences.set(name, (await readFile(new URL(file, folder), "utf8")).replace(/[ \t\r]+$/gm, "").trim());
    rows += `  { npm = "${name}", version = "${version}", licence = "${license}" },\n`;
  }
  return rows;
}

await mkdir(OUT, { recursive: true });
const licences = new Map();
let record = "# Written by `make vendor` from frontend/: what each bundle is made of, and its bytes.\n";
for (const [name, most] of Object.entries(BUNDLES)) {
  const { code, inputs } = await bundle(name);
  const packed = gzipSync(code, { level: 9 }).length;
  if (packed > most) throw new Error(`${name}.mjs has ${packed} bytes gzip, more than ${most}`);
  await writeFile(new URL(`${name}.mjs`, OUT), code);
  const sha256 = createHash("sha256").update(code).digest("hex");
  record += `\n["${name}.mjs"]\nsha256 = "${sha256}"\nfrom = [\n${await packages(inputs, licences)}]\n`;
  console.log(`${name}.mjs ${code.length} bytes, ${packed} gzip`);
}
await writeFile(new URL("VENDOR.toml", OUT), record);
const texts = [...licences].sort().map(([name, text]) => `${name}\n\n${text}\n`);
await writeFile(new URL("LICENSES.txt", OUT), texts.join(`\n${"-".repeat(72)}\n\n`));

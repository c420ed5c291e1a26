/**
 * Writes the three bundles of others' code with VENDOR.toml, and what phones run of ours: the same bytes every time.
 *
 * `make vendor`. Of the workers' client each folder of modules becomes one file; names are shortened, nothing is left
 * out, and what a file asks of another folder it asks of that folder's file.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const STATIC = new URL("../src/laborvoice/web/static/", import.meta.url);
const OUT = new URL(process.argv[2] ?? STATIC, import.meta.url);
const WORKER = new URL("worker/", STATIC);
const FOLDERS = ["first", "rest", "mail"];
const FREE = new Set(["MIT", "Apache-2.0"]);
const BUNDLES = { seal: 18_227, blind: 2_663, verify: 3_277 };

const bn = {
  name: "bn",
  setup: (the) => the.onResolve({ filter: /\/sjcl\/index\.js$/ }, () => ({ path: new URL("bn.mjs", import.meta.url).pathname })),
};

/** Another folder is one file beside this one. Others' code stands in `rest`, which is asked for it. */
const apart = (folder) => ({
  name: "apart",
  setup: (the) =>
    the.onResolve({ filter: /^\.\.\// }, ({ path }) => {
      if (!path.startsWith("../../")) return { path: `./${path.split("/")[1]}.mjs`, external: true };
      if (folder === "rest") return { path: new URL(path.slice(6), OUT).pathname };
      return { path: "./rest.mjs", external: true };
    }),
});

const COMMON = {
  absWorkingDir: new URL(".", import.meta.url).pathname,
  bundle: true,
  format: "esm",
  target: "chrome81",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
};

async function bundle(name) {
  const made = await build({
    ...COMMON,
    entryPoints: [new URL(`${name}.mjs`, import.meta.url).pathname],
    external: ["node:crypto", "crypto"],
    plugins: [bn],
  });
  return { code: made.outputFiles[0].contents, inputs: Object.keys(made.metafile.inputs) };
}

const IMPORT = /import\s*\{([^}]*)\}\s*from\s*"(?:\.\.\/)+(\w+)\/(\w+\.mjs)"/g;
const LATER = /import\("\.\.\/(\w+)\/(\w+\.mjs)"\)/g;

/** What other folders ask of each module: names, or `*`. Browser tests drive visits and copies without their screens. */
async function wanted() {
  const asked = { first: {}, rest: { "post.mjs": new Set(["*"]), "visit.mjs": new Set(["*"]) }, mail: {} };
  const note = (from, module, name) => (asked[from][module] ??= new Set()).add(name);
  for (const name of FOLDERS) {
    for (const one of await readdir(new URL(`${name}/`, WORKER))) {
      const text = await readFile(new URL(`${name}/${one}`, WORKER), "utf8");
      for (const [, from, module] of text.matchAll(LATER)) note(from, module, "*");
      for (const [, names, from, module] of text.matchAll(IMPORT)) {
        const [folder, path] = from === "vendor" ? ["rest", `../../vendor/${module}`] : [from, module];
        if (folder !== name) for (const each of names.split(",")) note(folder, path, each.trim().split(" as ")[0]);
      }
    }
  }
  return asked;
}

/** A folder in one file: all that it runs, and of what it offers only what others ask for. */
async function folder(name, asked) {
  const modules = (await readdir(new URL(`${name}/`, WORKER))).filter((one) => one.endsWith(".mjs"));
  const lines = [...new Set([...modules, ...Object.keys(asked[name])])].sort().map((one) => {
    const path = one.startsWith(".") ? one : `./${one}`;
    const names = [...(asked[name][one] ?? [])].filter(Boolean).sort();
    if (names.includes("*")) return `export * from "${path}";\n`;
    return names.length > 0 ? `export { ${names.join(", ")} } from "${path}";\n` : `import "${path}";\n`;
  });
  const stdin = { contents: lines.join(""), resolveDir: new URL(`${name}/`, WORKER).pathname, loader: "js" };
  return (await build({ ...COMMON, stdin, plugins: [apart(name)] })).outputFiles[0].contents;
}

async function alone(name) {
  const entryPoints = [new URL(name, WORKER).pathname];
  return (await build({ ...COMMON, entryPoints, bundle: false })).outputFiles[0].contents;
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

const vendor = new URL("vendor/", OUT);
const phone = new URL("phone/", OUT);
for (const one of [vendor, phone]) await mkdir(one, { recursive: true });
const licences = new Map();
let record = "# Written by `make vendor` from frontend/: what each bundle is made of, and its bytes.\n";
for (const [name, most] of Object.entries(BUNDLES)) {
  const { code, inputs } = await bundle(name);
  const packed = gzipSync(code, { level: 9 }).length;
  if (packed > most) throw new Error(`${name}.mjs has ${packed} bytes gzip, more than ${most}`);
  await writeFile(new URL(`${name}.mjs`, vendor), code);
  const sha256 = createHash("sha256").update(code).digest("hex");
  record += `\n["${name}.mjs"]\nsha256 = "${sha256}"\nfrom = [\n${await packages(inputs, licences)}]\n`;
  console.log(`${name}.mjs ${code.length} bytes, ${packed} gzip`);
}
await writeFile(new URL("VENDOR.toml", vendor), record);
const texts = [...licences].sort().map(([name, text]) => `${name}\n\n${text}\n`);
await writeFile(new URL("LICENSES.txt", vendor), texts.join(`\n${"-".repeat(72)}\n\n`));

const asked = await wanted();
for (const name of FOLDERS) await writeFile(new URL(`${name}.mjs`, phone), await folder(name, asked));
for (const name of ["worker.css", "sw.js", "old.js"]) await writeFile(new URL(name, phone), await alone(name));
await copyFile(new URL("icon.svg", WORKER), new URL("icon.svg", phone));

/** By this a test that has no Node sees that sources have changed since. */
const paths = (await readdir(WORKER, { recursive: true })).filter((one) => /\.(mjs|css|js|svg)$/.test(one)).sort();
let sums = "";
for (const one of paths) sums += `${createHash("sha256").update(await readFile(new URL(one, WORKER))).digest("hex")}  ${one}\n`;
await writeFile(new URL("SOURCES.txt", phone), sums);

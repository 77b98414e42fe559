// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The work of tests/wit/peer, which see.
//     node peer.mjs PROGRAM VENDOR SCRATCH WIT...
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const [program, vendor, scratch, ...files] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let loads = 0;

// A tool that has trapped must not be entered again: each failure of that
// kind gets a new instance.
async function load(name) {
    const url = pathToFileURL(path.join(vendor, name));
    const module = await import(`${url}?${loads++}`);
    await module.$init;
    return module.tools ?? module;
}
const tools = {};
async function call(name, verb, ...args) {
    tools[name] ??= await load(name);
    try {
        return tools[name][verb](...args);
    } catch (error) {
        if (error.payload === undefined) delete tools[name];
        const text = error.payload ?? error.message;
        throw new Error(typeof text === 'string' ? text : JSON.stringify(text));
    }
}

function whit(...args) {
    const run = spawnSync(program, args, { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr.trim());
    return run.stdout;
}

async function check(name, work) {
    try {
        await work();
        passed++;
    } catch (error) {
        failed++;
        console.log(`FAILED ${name}: ${error.message}`);
    }
}

// What this version of the tool does not read, though the texts are right.
const unreadable = new Set([
    'include_semicolon.wit', 'use_top_foreign.wit', 'keyword_ids.wit',
]);

const lines = (text) => text.split('\n').map((line) => line.trim())
    .filter(Boolean).sort().join('\n');
const own = (text) => text.split(/\npackage [^;\n]*\{/)[0];
const at = (name) => path.join(scratch, name);

function same(theirs, ours) {
    if (lines(theirs) !== lines(ours))
        throw new Error(`they say\n${theirs}\nand whit says\n${ours}`);
}

// A package: they print it back; read by whit, that is what it was.
async function checkPackage(file, name) {
    const binary = at('package.wasm');
    whit('wit', '--all-features', '--wasm', file, '-o', binary);
    const unpacked = await call('js-component-bindgen-component.js',
        'unpackWit', undefined, fs.readFileSync(binary));
    const text = [...unpacked].filter(([key]) => !key.startsWith('deps/'))
        .map(([, value]) => value).join('\n');
    const folder = at('unpacked');
    fs.rmSync(folder, { recursive: true, force: true });
    for (const [key, value] of unpacked) {
        const into = path.join(folder, key.replace(/^deps\/(.*)\/.*$/,
            (_, dependency) => `deps/${dependency}.wit`));
        fs.mkdirSync(path.dirname(into), { recursive: true });
        fs.writeFileSync(into, value);
    }
    if (!text) throw new Error('no package came back');
    same(own(whit('wit', '--all-features', folder)),
        own(whit('wit', '--all-features', binary)));
}

// A world in a module, by whit and by them: they make a component of each,
// and both say the same about that.
async function checkWorld(file, world, name) {
    const embed = (...extra) => {
        const module = at('module.wasm');
        whit('component', 'embed', '--all-features', '--dummy', ...extra,
            '--world', world, file, '-o', module);
        return fs.readFileSync(module);
    };
    const make = (module) => call('wasm-tools.js', 'componentNew', module);
    // They look for pre-releases under another version in these names.
    if (name !== 'version_build.wit')
        await make(embed('--dummy-names', 'standard32'));
    await make(embed('--async-callback'));
    const component = at('component.wasm');
    fs.writeFileSync(component, await make(embed()));
    whit('component', 'targets', '--all-features', '--world', world, file,
        component);
    const theirs = await call('wasm-tools.js', 'componentWit',
        fs.readFileSync(component));
    // They print escapes of strings as they were written.
    same(theirs.replace(/\\u\{40\}/g, '@'),
        own(whit('component', 'wit', component)));
    if (unreadable.has(name)) return;
    fs.writeFileSync(at('theirs.wasm'), await call('wasm-tools.js',
        'componentEmbed', { dummy: true, world,
            witSource: fs.readFileSync(file, 'utf8'),
            features: { tag: 'all' } }));
    same(whit('component', 'wit', at('theirs.wasm')),
        whit('component', 'wit', at('module.wasm')));
}

function worldsOf(file) {
    const set = JSON.parse(whit('wit', '--all-features', '--json', file));
    return set.worlds.map((world) => {
        const [id, version] = set.packages[world.package].name.split('@');
        return `${id}/${world.name}${version ? `@${version}` : ''}`;
    });
}

// Packages of which nothing would come back, and names with keywords that
// they print as no tool reads them.
const unprintable = new Set([
    'gates_unstable.wit', 'nested_docs.wit', 'nested_namespaces.wit',
    'package_plain.wit', 'package_version.wit',
]);

// Their time doubles with each interface in a row of uses.
const endless = new Set(['depth_of_uses.wit']);

for (const file of files) {
    const name = path.basename(file);
    if (endless.has(name)) continue;
    if (!unprintable.has(name))
        await check(`${name}, the package`, () => checkPackage(file, name));
    for (const world of worldsOf(file))
        await check(`${name}, ${world}`, () => checkWorld(file, world, name));
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
